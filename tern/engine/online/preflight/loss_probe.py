"""Rows that would lose something which the plan has not named, told before the copy (E-37)."""

from collections.abc import Iterator
from threading import Event

from tern.engine.online.chunk import KeyRange
from tern.engine.online.conversion import crosses_clocks, is_convertible
from tern.engine.online.key_choice import choose_key
from tern.engine.online.key_chunker import KeyChunker
from tern.engine.online.link import Link, Loss
from tern.engine.online.loss_statements import losing_rows, lossy_rows
from tern.engine.online.losses import consented_columns, losses
from tern.engine.online.preflight.check import Failure, TableSight
from tern.engine.online.preflight.question import Question
from tern.mysql.connection import Row
from tern.mysql.server import read_global_zone

_KEYS_SHOWN = 5
_ROWS_AT_ONCE = 10_000


def find_losses(question: Question, leaving: Event) -> Iterator[Failure]:
    """Each column whose values would not survive, with the keys of some rows."""
    table = question.sight
    zone = read_global_zone(question.connection)
    for pair in table.columns:
        if zone and crosses_clocks(pair) and not is_convertible(pair):
            what = f"{pair.origin.type} can't be read in the server's time zone {zone}"
            yield _failure(table, pair.origin.name, what)
    found = losses(table.columns, consented=_consented(question))
    for loss in found:
        if loss.condition is None:
            yield _failure(table, loss.pair.origin.name, _told(loss))
    checked = [loss for loss in found if loss.condition is not None]
    if checked:
        link = _link(question)
        rows = _lossy(question, link, checked, leaving=leaving)
        for loss, keys in losing_rows(link, checked, rows):
            yield _failure(table, loss.pair.origin.name, f"{_told(loss)} ({'; '.join(keys)})")


def _lossy(question: Question, link: Link, found: list[Loss], *, leaving: Event) -> list[Row]:
    """The first rows that lose something, range by range over the whole table."""
    connection = question.connection
    chunker = KeyChunker(link)
    rows: list[Row] = []
    lower, is_last = None, False
    while not is_last and not leaving.is_set() and len(rows) < _KEYS_SHOWN:
        upper = chunker.next_upper(connection, lower, _ROWS_AT_ONCE)
        key_range = KeyRange(lower=lower, upper=upper)
        left = _KEYS_SHOWN - len(rows)
        rows += connection.query(
            lossy_rows(link, found, key_range, limit=left), table=str(link.source)
        )
        lower, is_last = upper, upper is None
    return rows


def _consented(question: Question) -> frozenset[str]:
    return consented_columns(
        question.sight.columns,
        question.subject.statement.unsafe_reasons,
        allows_unsafe=question.ground.run.options.allow_unsafe,
    )


def _link(question: Question) -> Link:
    """The tables tied together as they will be; only the source is there."""
    flavor, table = question.connection.flavor, question.sight
    names = question.subject.names
    return Link(
        source=question.subject.source,
        shadow=names.shadow,
        probe=names.probe,
        key=choose_key(table.source, table.desired, table.columns, flavor=flavor),
        columns=table.columns,
        flavor=flavor,
    )


def _told(loss: Loss) -> str:
    return f"from {loss.pair.origin.type} to {loss.pair.target.type} {loss.what}"


def _failure(table: TableSight, column: str, what: str) -> Failure:
    return Failure(
        code="lossy",
        subject=f"{table.name}.{column}",
        what=what,
        fix="correct the rows or the definition, or plan it and allow the loss",
    )
