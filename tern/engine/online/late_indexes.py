"""Indexes that the shadow gets after the copy (E-15a).

They are built while replay goes on. What is written meanwhile the server keeps in a log of its own
and applies at the end, and there it may fail: MySQL takes a write that is rolled back in between
for a duplicate, also in an index that allows them (1859, seen on 9.7), and the log has a limit
(1799). Neither says anything about the rows. Then nothing was added, and the indexes are built once
more while nothing of the engine writes; nobody else writes the shadow.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from threading import Event
from time import monotonic

from tern.engine.online import statements
from tern.engine.online.change import Change
from tern.engine.online.crew import Worker
from tern.engine.online.lane import Lane
from tern.engine.online.phases import Phase
from tern.engine.online.prepare import check_shadow, missing_indexes
from tern.engine.online.shadow_table import read_fingerprint
from tern.engine.online.verifying import compare_meanwhile
from tern.errors import DuplicateKey, SchemaBotError, StatementRejected
from tern.mysql.error_codes import is_index_log_full, number_of, text_of
from tern.mysql.kill import end_statement

_IDLE_WITHIN = timedelta(seconds=2)
_END_WITHIN = timedelta(seconds=10)
_LOOK_SECONDS = 0.1

log = logging.getLogger(__name__)


def add_indexes(change: Change) -> None:
    """The shadow has the indexes that were left out (phase 4b)."""
    if change.phase not in {Phase.COPY, Phase.INDEX}:
        return
    ground = change.ground
    tables = dict(change.saved.tables)
    for subject, lane in zip(ground.subjects, change.lanes, strict=True):
        missing = missing_indexes(ground, subject, lane.link.key)
        if missing:
            change.enter(Phase.INDEX)
            texts = [index.text for index in missing]
            _add(change, lane, statements.add_indexes(lane.link.shadow, texts))
        if missing or change.phase is Phase.INDEX:
            check_shadow(ground, subject)
            shadow = read_fingerprint(ground.desk, lane.link.shadow)
            name = lane.link.source.name
            tables[name] = replace(change.saved.tables[name], shadow=shadow)
            change.saved = replace(change.saved, tables=dict(tables))


def _add(change: Change, lane: Lane, sql: str) -> None:
    failure = _run(change, lane, sql)
    if failure is None:
        return
    log.warning("%s: indexes are built anew, with no write beside them: %s", lane.table, failure)
    change.board.detail = {"indexes": f"built once more, replay rests: {text_of(failure)}"}
    with _nothing_written(change):
        failure = _run(change, lane, sql)
    change.board.detail = {}
    if failure is not None:
        number = number_of(failure) or 0
        raise StatementRejected(
            table=lane.table, number=number, reason=text_of(failure)
        ) from failure


@contextmanager
def _nothing_written(change: Change) -> Iterator[None]:
    """Copiers and replayers rest for the length of the block; the feed reads on."""
    while not change.turnstile.shut(within=_IDLE_WITHIN):
        change.watch(_LOOK_SECONDS)
    try:
        yield
    finally:
        change.turnstile.open()


def _run(change: Change, lane: Lane, sql: str) -> SchemaBotError | None:
    """Run the DDL on the fenced session, on a thread, and watch over the run meanwhile.

    Building an index leaves processors idle: rows, which it does not change, are compared beside.
    The answer is what it failed with, if that says nothing about the rows. When the run ends
    before it, the statement is ended too.
    """
    ground = change.ground
    ground.fenced.check()
    failures: list[SchemaBotError] = []

    def work(leaving: Event) -> None:
        del leaving
        try:
            ground.fenced.connection.execute(sql, table=lane.table)
        except (DuplicateKey, StatementRejected) as failure:
            failures.append(failure)

    change.is_ddl_busy = True
    worker = change.crew.start("ddl", work)
    try:
        if ground.options.verify:
            compare_meanwhile(change, lane, is_wanted=lambda: worker.is_alive)
        change.wait_until(lambda: not worker.is_alive)
    except BaseException:
        _end(change, worker)
        raise
    change.is_ddl_busy = False
    change.crew.check()
    for failure in failures:
        if not (isinstance(failure, DuplicateKey) or is_index_log_full(failure)):
            raise failure
        return failure
    return None


def _end(change: Change, worker: Worker) -> None:
    """Told again until it has ended: a first word may come before the statement itself."""
    ground = change.ground
    deadline = monotonic() + _END_WITHIN.total_seconds()
    with suppress(SchemaBotError):
        while worker.is_alive and monotonic() < deadline:
            end_statement(ground.desk, ground.fenced.connection.id)
            worker.thread.join(_LOOK_SECONDS)
    change.is_ddl_busy = worker.is_alive
