"""The partitioning of a table taken apart."""

from collections.abc import Sequence

from tern.ddl.cursor import Cursor, joined, split_at_commas, without_silent
from tern.ddl.identifiers import quote, unquote
from tern.ddl.lexer import Kind, Token
from tern.ddl.reading.columns import names_in
from tern.ddl.table import Partition, Partitioning, PartitionKind

_KINDS = {
    "RANGE": PartitionKind.RANGE,
    "LIST": PartitionKind.LIST,
    "HASH": PartitionKind.HASH,
    "KEY": PartitionKind.KEY,
    "SYSTEM_TIME": PartitionKind.SYSTEM_TIME,
}


def read_partitioning(tokens: Sequence[Token], text: str) -> Partitioning | None:
    """How the table is cut.

    Args:
        tokens: From PARTITION BY (or the opening of its executable comment) to the end.
        text: What they were read from.

    Shape: None when the words name no method known here.
    """
    cursor = Cursor(without_silent(tokens))
    cursor.accept_words("PARTITION", "BY")
    method = _until(cursor, "PARTITIONS", "SUBPARTITION")
    kind = next((_KINDS[word] for t in method if (word := t.text.upper()) in _KINDS), None)
    if kind is None:
        return None
    count = _count(cursor)
    subpartitioning = _until(cursor) if cursor.at_words("SUBPARTITION") else []
    return Partitioning(
        kind=kind,
        method=joined(quoted_columns(method)),
        subpartitioning=joined(quoted_columns(subpartitioning)),
        count=count,
        partitions=_partitions(cursor.accept_group(), text),
        uses=frozenset(names_in(quoted_columns([*method, *subpartitioning]))),
        text=text[tokens[0].offset :],
    )


def quoted_columns(tokens: Sequence[Token]) -> list[Token]:
    """The tokens with every bare column name quoted.

    Source: MySQL prints the columns of COLUMNS (...) and KEY (...) bare where it can.
    """
    found: list[Token] = []
    is_listed = follows = False
    for token in tokens:
        if is_listed and follows and token.kind is Kind.WORD:
            found.append(token._replace(kind=Kind.NAME, text=quote(token.text)))
        else:
            found.append(token)
        is_listed = token.is_word("COLUMNS", "KEY") or (is_listed and not token.is_symbol(")"))
        follows = token.is_symbol("(") or token.is_symbol(",")
    return found


def _until(cursor: Cursor, *words: str) -> list[Token]:
    """Tokens up to one of these words or to the list of partitions."""
    taken: list[Token] = []
    while (token := cursor.current) is not None and not token.is_word(*words):
        if _at_list(cursor):
            break
        taken.extend(cursor.accept_group() or [cursor.take()])
    return taken


def _at_list(cursor: Cursor) -> bool:
    following = cursor.ahead(2)
    return (
        len(following) == 2  # noqa: PLR2004 - the parenthesis and the first word in it
        and following[0].is_symbol("(")
        and following[1].is_word("PARTITION")
    )


def _count(cursor: Cursor) -> int | None:
    return int(cursor.take().text) if cursor.accept_words("PARTITIONS") else None


def _partitions(group: Sequence[Token], text: str) -> tuple[Partition, ...]:
    return tuple(_partition(run, text) for run in split_at_commas(group[1:-1]))


def _partition(run: Sequence[Token], text: str) -> Partition:
    cursor = Cursor(run)
    cursor.accept_words("PARTITION")
    name = unquote(cursor.accept_name() or "")
    words, group = _values(cursor)
    return Partition(
        name=name,
        values=joined([*words, *group]),
        bounds=tuple(joined(item) for item in split_at_commas(group[1:-1])),
        options=joined(_without_engine(cursor.rest)),
        text=text[run[0].offset : run[-1].end],
    )


def _values(cursor: Cursor) -> tuple[list[Token], tuple[Token, ...]]:
    """The words that say which rows it holds, and the parenthesis behind them."""
    for words in (("VALUES", "LESS", "THAN"), ("VALUES", "IN")):
        if cursor.at_words(*words):
            taken = [cursor.take() for _ in words]
            if group := cursor.accept_group():
                return taken, group
            return [*taken, cursor.take()], ()
    token = cursor.current
    is_named = token is not None and token.is_word("DEFAULT", "HISTORY", "CURRENT")
    return ([cursor.take()] if is_named else []), ()


def _without_engine(tokens: Sequence[Token]) -> list[Token]:
    """All but `ENGINE = name`: a partition's engine is always the table's."""
    kept: list[Token] = []
    cursor = Cursor(tokens)
    while cursor.current is not None:
        if cursor.accept_words("ENGINE"):
            cursor.accept_symbol("=")
            cursor.accept_name()
        else:
            kept.append(cursor.take())
    return kept
