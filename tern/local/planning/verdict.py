"""How a statement will run: the server says so, on an empty copy of the live table, best way first.

The accepted try is also the replay that the proof goes by. INPLACE is taken for metadata-only when
no storage was made anew: every InnoDB id is still there and no index is new. Where ids can't be
read, only clauses that are known to touch nothing but metadata count.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tern.ddl.clauses import (
    AddPartitions,
    AlterIndexVisibility,
    Clause,
    DropIndex,
    DropPartitions,
    ModifyColumn,
    RenameIndex,
    SetOption,
)
from tern.ddl.identifiers import quote
from tern.errors import SchemaBotError, StatementRejected
from tern.lint.column_types import ColumnType
from tern.mysql.connection import Connection
from tern.mysql.error_codes import text_of
from tern.mysql.innodb import InnodbIds
from tern.values.plan import Verdict

RULE = "rule"
INSTANT = "ALGORITHM=INSTANT"
INPLACE = "ALGORITHM=INPLACE, LOCK=NONE"

_METADATA_OPTIONS = frozenset({"comment", "charset"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the server made of a statement.

    Attributes:
        reason: Why nothing better was possible, in the server's words.
        native: The best way that the server itself would take: instant, inplace or copy.
        builds: Whether a statement that runs in place builds an index or the table there.
        is_by_rule: Whether a rule of ours decided, as what the server showed could not (P-36).
    """

    verdict: Verdict
    reason: str | None = None
    native: str | None = None
    builds: bool = False
    is_by_rule: bool = False

    def details(self, *, server: str) -> dict[str, str]:
        """What the plan keeps of it for the engine, and who said so: `server`, or a rule."""
        native = {"native": self.native} if self.native else {}
        builds = {"builds": "in place"} if self.builds else {}
        return {"source": RULE if self.is_by_rule else server} | native | builds


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One ALTER on its empty copy.

    Attributes:
        ddl: As it would run, but with the scratch names of other schemas.
        ids: Reads InnoDB's ids of the copy; None if they are unknown.
    """

    table: str
    ddl: str
    clauses: tuple[Clause, ...]
    ids: Callable[[], InnodbIds | None]


def with_modifiers(ddl: str, table: str, modifiers: str) -> str:
    """The ALTER with ALGORITHM and LOCK in front of its clauses, where both vendors take them."""
    head = f"ALTER TABLE {quote(table)}"
    if not ddl.startswith(head):
        raise ValueError(ddl)
    return f"{head} {modifiers},{ddl[len(head) :]}"


def judge_alter(connection: Connection, trial: Trial) -> Judgement:
    """Run the ALTER on the empty copy, by the best way that the server takes.

    Raises:
        SchemaBotError: what says nothing of the statement, such as a lost connection.
    """
    if connection.flavor.has_instant() and _try(connection, trial, INSTANT) is None:
        return Judgement(verdict=Verdict.INSTANT, native="instant")
    before = trial.ids()
    refused = _try(connection, trial, INPLACE)
    if refused is None:
        return _judge_inplace(trial, before, trial.ids())
    plain = _try(connection, trial, None)
    if plain is not None:
        return Judgement(verdict=Verdict.REFUSED, reason=text_of(plain))
    if _is_partition_list(trial.clauses):
        # MariaDB takes no ALGORITHM beside partition management; these touch no other partition.
        return Judgement(verdict=Verdict.INPLACE, native="inplace", is_by_rule=True)
    return Judgement(verdict=Verdict.COPY, reason=text_of(refused), native="copy")


def _try(connection: Connection, trial: Trial, modifiers: str | None) -> SchemaBotError | None:
    """None when the server took it; else why not. A failed ALTER leaves the table as it was."""
    ddl = with_modifiers(trial.ddl, trial.table, modifiers) if modifiers else trial.ddl
    try:
        connection.execute(ddl, table=trial.table)
    except StatementRejected as error:
        return error
    return None


def _judge_inplace(trial: Trial, before: InnodbIds | None, after: InnodbIds | None) -> Judgement:
    kept = before.is_kept_by(after) if before is not None and after is not None else None
    is_by_rule = kept is None or _is_partition_list(trial.clauses)
    if _is_partition_list(trial.clauses):
        kept = True
    if kept is None:
        kept = all(_is_metadata_only(clause) for clause in trial.clauses)
    if kept:
        return Judgement(verdict=Verdict.INPLACE, native="inplace", is_by_rule=is_by_rule)
    reason = "the server would build it in place, but replicas would run that as one long event"
    return Judgement(verdict=Verdict.COPY, reason=reason, native="inplace", is_by_rule=is_by_rule)


def _is_partition_list(clauses: Sequence[Clause]) -> bool:
    """Whether whole partitions come or go and nothing else happens."""
    return bool(clauses) and all(isinstance(c, AddPartitions | DropPartitions) for c in clauses)


def _is_metadata_only(clause: Clause) -> bool:
    """P-34: clauses that touch no row and no index, whoever asks."""
    match clause:
        case RenameIndex() | DropIndex(is_replaced=False) | AlterIndexVisibility():
            return True
        case SetOption(name=name):
            return name in _METADATA_OPTIONS
        case ModifyColumn(old=old, new=new, place=None):
            return _is_longer_varchar(old.type, new.type) and old.charset == new.charset
        case _:
            return False


def _is_longer_varchar(old: str, new: str) -> bool:
    """The same type, or a VARCHAR that grew; the server has taken it INPLACE already."""
    before, after = ColumnType.parse(old), ColumnType.parse(new)
    if before == after:
        return True
    return before.base == after.base == "varchar" and after.size(0) >= before.size(0)
