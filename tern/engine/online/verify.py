"""Are both tables the same? The server joins and compares them, stretch by stretch (section 8)."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from tern.binlog.watched_table import Key
from tern.engine.online.chunk import KeyRange
from tern.engine.online.errors import SilentLoss
from tern.engine.online.key_values import read_key
from tern.engine.online.link import Link
from tern.engine.online.verification_statements import Stretch, needs_probe
from tern.errors import ServerUnavailable
from tern.mysql.connection import Connection, Row
from tern.mysql.error_codes import is_about_statement, is_list_cut

_WARNINGS_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What one stretch came to.

    Attributes:
        rows: Rows of the source.
        doubts: Keys of rows that differ or stand on one side alone, at the moment of the look.
    """

    rows: int
    doubts: tuple[Key, ...]


def compare(connection: Connection, link: Link, where: KeyRange | Sequence[Key]) -> Comparison:
    """Both sides of a range or of single keys, without a lock on any row of either (E-39).

    Transaction: none, or one that is rolled back.

    Raises:
        SilentLoss: the server had to change a value to compare it.
    """
    stretch = Stretch(link, where)
    if not needs_probe(link):
        return _compare(connection, link, stretch)
    connection.execute("START TRANSACTION")
    try:
        connection.execute(stretch.fill_probe(), table=str(link.source))
        return _compare(connection, link, stretch)
    finally:
        with suppress(ServerUnavailable):
            connection.execute("ROLLBACK")


def compare_within(connection: Connection, link: Link, keys: Sequence[Key]) -> Comparison:
    """The same for single keys inside a transaction that the caller will roll back."""
    stretch = Stretch(link, keys)
    if needs_probe(link):
        connection.execute(stretch.fill_probe(), table=str(link.source))
    return _compare(connection, link, stretch)


def differing_columns(connection: Connection, link: Link, key: Key) -> list[str]:
    """Names of the columns in which the row differs now; none if it stands on one side alone."""
    stretch = Stretch(link, [key])
    if needs_probe(link):
        return []
    row = connection.first(stretch.columns_that_differ()) or ()
    named = zip(link.columns, row, strict=False)
    return [pair.target.name for pair, is_equal in named if not is_equal]


def _compare(connection: Connection, link: Link, stretch: Stretch) -> Comparison:
    found, warnings = _ask(connection, link, stretch.counts())
    rows, own, joined, paired = (int(count) for count in found[0][:4])
    doubts = dict.fromkeys(_unlike(connection, stretch, counted=found[0], warnings=warnings))
    # Each of these is one more pass over the range; late rows, which may be many, need none.
    more = [stretch.extra()] if own != paired else []
    more += [stretch.doubled()] if joined != rows else []
    for sql in more:
        doubts |= dict.fromkeys(_keys(connection, link, sql))
    return Comparison(rows=rows, doubts=tuple(doubts))


def _unlike(
    connection: Connection, stretch: Stretch, *, counted: Row, warnings: frozenset[int]
) -> list[Key]:
    """Keys of the source's rows that differ or have no partner."""
    joined, said = int(counted[2]), counted[4]
    if stretch.lists_keys and not any(map(is_list_cut, warnings)):
        return [(int(key),) for key in str(said).split(",")] if said is not None else []
    if not stretch.lists_keys and int(said) == joined:
        return []
    return _keys(connection, stretch.link, stretch.differing())


def _keys(connection: Connection, link: Link, sql: str) -> list[Key]:
    rows, _ = _ask(connection, link, sql)
    return [read_key(link.key, row) for row in rows]


def _ask(connection: Connection, link: Link, sql: str) -> tuple[list[Row], frozenset[int]]:
    """The rows, and the numbers of warnings, none of which is about a value."""
    found = connection.query(sql, table=str(link.source))
    if not connection.warning_count:
        return found, frozenset()
    warnings = connection.warnings()
    about_words = (is_about_statement, is_list_cut)
    texts = [
        each.text
        for each in warnings
        if each.level != "Note" and not any(ask(each.number) for ask in about_words)
    ]
    if texts:
        raise SilentLoss(table=str(link.source), warnings=texts[:_WARNINGS_SHOWN])
    return found, frozenset(each.number for each in warnings)
