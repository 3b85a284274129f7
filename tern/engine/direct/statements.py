"""The texts that the direct engine sends: a plan's DDL, with the way written out that is tried."""

from tern.ddl.flavor import Flavor
from tern.ddl.lexer import Token, tokens
from tern.values.plan import ChangeType, Verdict
from tern.values.run import WorkStatement

INSTANT = "ALGORITHM=INSTANT"
INPLACE = "ALGORITHM=INPLACE, LOCK=NONE"
# MariaDB's INPLACE may rebuild the table; NOCOPY is INPLACE that never does.
NOCOPY = "ALGORITHM=NOCOPY, LOCK=NONE"
PLAIN = ""

_PARTITION_VERBS = ("ADD", "DROP", "TRUNCATE")


def ways(statement: WorkStatement, flavor: Flavor) -> tuple[str, ...]:
    """How the statement may run without copying rows, best way first; empty: only by a copy.

    A change planned as instant has no second way: what INPLACE would do instead is rebuild the
    table, one long event for every replica. Partition lists take no ALGORITHM on MariaDB and no
    LOCK=NONE on MySQL, and never touch other partitions.
    """
    match statement.verdict:
        case Verdict.DIRECT:
            return (PLAIN,)
        case Verdict.INSTANT:
            return (INSTANT,)
        case Verdict.INPLACE if _is_partition_list(statement.ddl):
            return (PLAIN,)
        case Verdict.INPLACE:
            may_rebuild = not flavor.has_nocopy() or "builds" in statement.details
            in_place = INPLACE if may_rebuild else NOCOPY
            return (INSTANT, in_place) if flavor.has_instant() else (in_place,)
        case Verdict.COPY | Verdict.REFUSED:
            return ()


def text_for(statement: WorkStatement, way: str) -> str:
    """The statement's DDL, the way put in front of its clauses, where both vendors take it."""
    if way == PLAIN:
        return statement.ddl
    read = _significant(statement.ddl)
    head_end = read[2].end
    return f"{statement.ddl[:head_end]} {way},{statement.ddl[head_end:]}"


def lock_wait(seconds: int) -> str:
    """How long the session's statements wait for a metadata lock from now on."""
    return f"SET SESSION lock_wait_timeout = {seconds:d}"


def is_about_existing_table(statement: WorkStatement) -> bool:
    """Whether sessions may hold the table that the statement is about."""
    return statement.change_type is not ChangeType.CREATE


def _is_partition_list(ddl: str) -> bool:
    read = _significant(ddl)[3:5]
    return (
        len(read) == 2  # noqa: PLR2004  # a verb and PARTITION
        and read[0].is_word(*_PARTITION_VERBS)
        and read[1].is_word("PARTITION")
    )


def _significant(ddl: str) -> list[Token]:
    """The tokens of an `ALTER TABLE name ...`; a plan's own text has no comments."""
    return list(tokens(ddl))
