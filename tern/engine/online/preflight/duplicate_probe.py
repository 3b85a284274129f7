"""Rows that share a value which a new unique index forbids, told before the copy (E-38).

The copy would find each of them exactly; this finds most of them in one look and early.
"""

import logging
from collections.abc import Iterator
from threading import Event

from tern.ddl.flavor import Flavor
from tern.ddl.identifiers import fold
from tern.ddl.table import Index
from tern.engine.online.duplicate_statements import duplicates, grouped_values
from tern.engine.online.key_choice import choose_key
from tern.engine.online.key_values import read_key
from tern.engine.online.link import ChangeKey, ColumnPair, describe_value
from tern.engine.online.options import OnlineOptions
from tern.engine.online.preflight.check import Failure
from tern.engine.online.preflight.key import keeps_rows_apart
from tern.engine.online.preflight.question import Question
from tern.errors import StatementRejected
from tern.mysql.catalogue import TableSize, sizes
from tern.mysql.connection import Row
from tern.mysql.error_codes import is_time_limit

_VALUES_SHOWN = 5
_WIDEST_FIXED_BYTES = 16
_SIZED = ("char", "varchar", "binary", "varbinary")

log = logging.getLogger(__name__)


def find_duplicates(question: Question, leaving: Event) -> Iterator[Failure]:
    """Each new unique index that rows of today forbid, with some of their values."""
    sight = question.sight
    for index in sight.desired.indexes:
        if leaving.is_set() or not index.is_unique() or _is_guarded(question, index):
            continue
        values = grouped_values(index, sight.columns)
        skipped = _reason_to_skip(question, index, values)
        if skipped or values is None:
            log.warning("%s: index %s is not probed: %s", sight.name, index.name, skipped)
            continue
        yield from _found(question, index, values)


def _found(question: Question, index: Index, values: tuple[str, ...]) -> Iterator[Failure]:
    sight, source = question.sight, question.subject.source
    flavor = question.connection.flavor
    key = choose_key(sight.source, sight.desired, sight.columns, flavor=flavor)
    sql = duplicates(source, key, values, limit=_VALUES_SHOWN)
    question.connection.execute(_time_limit(flavor, question.ground.options))
    try:
        rows = question.connection.query(sql, table=sight.name)
    except StatementRejected as error:
        if not is_time_limit(error):
            raise
        log.warning("%s: index %s is not probed: it took too long", sight.name, index.name)
        return
    if rows:
        shown = "; ".join(_shown(key, row, parts=len(values)) for row in rows)
        yield Failure(
            code="duplicate",
            subject=f"{sight.name}.{index.name}",
            what=f"rows share a value that the unique index forbids: {shown}",
            fix="make them different or leave the index out",
        )


def _is_guarded(question: Question, index: Index) -> bool:
    """Whether a unique index of the source forbids today what this one would."""
    sight = question.sight
    kept = {
        fold(pair.origin.name): fold(pair.target.name)
        for pair in sight.columns
        if keeps_rows_apart(pair)
    }
    whole = {
        name for name, text in zip(index.columns, index.parts, strict=False) if _is_whole(text)
    }
    return any(
        each.is_unique()
        and len(each.columns) == len(each.parts)
        and all(_is_whole(text) for text in each.parts)
        and {kept.get(name, "") for name in each.columns} <= whole
        for each in sight.source.indexes
    )


def _is_whole(printed: str) -> bool:
    return "(" not in printed


def _reason_to_skip(question: Question, index: Index, values: tuple[str, ...] | None) -> str:
    if values is None:
        return "what it holds of a row is known by the copy alone"
    source = question.subject.source
    size = sizes(question.connection, source.schema, [source.name])[source.name]
    names = set(index.columns)
    pairs = [pair for pair in question.sight.columns if fold(pair.target.name) in names]
    estimate = (size.rows or 0) * sum(_bytes(pair, size) for pair in pairs)
    limit = question.ground.options.probe_bytes
    if min(estimate, size.data_bytes or estimate) >= limit:
        return f"its keys take about {estimate} bytes, which is not below {limit}"
    return ""


def _bytes(pair: ColumnPair, size: TableSize) -> int:
    """About how much of the column a row has."""
    if pair.origin.charset is None and not pair.origin.type.startswith(_SIZED):
        return _WIDEST_FIXED_BYTES
    return size.data_bytes // size.rows if size.rows else 0


def _time_limit(flavor: Flavor, options: OnlineOptions) -> str:
    seconds = options.probe_time.total_seconds()
    if flavor.is_mariadb():
        return f"SET SESSION max_statement_time = {seconds:f}"
    return f"SET SESSION max_execution_time = {int(seconds * 1000):d}"


def _shown(key: ChangeKey, row: Row, *, parts: int) -> str:
    value = ", ".join(repr(cell) for cell in row[:parts])
    ends = [describe_value(key, read_key(key, [cell])) for cell in row[parts:]]
    return f"{value} in rows {' and '.join(ends)}" if ends else value
