"""What a finished change has taken, table by table, beside what was expected of it (E-66)."""

from collections.abc import Mapping, Sequence

from tern.engine.copy_estimate import copy_rate
from tern.engine.online.checkpoint import Saved, SavedTable
from tern.engine.online.ground import Subject
from tern.engine.online.pace import DEFAULT_VOLUME, pace_of
from tern.engine.online.phases import Phase
from tern.values.progress import Actual

_COPYING = (Phase.COPY, Phase.INDEX)


def actuals(subjects: Sequence[Subject], saved: Saved) -> Mapping[str, Actual]:
    """Task id -> what its table has taken.

    Tables that were copied together share the time by their bytes, so that a sum is the truth.
    """
    total = sum(_bytes(table) for table in saved.tables.values())
    return {
        each.statement.task_id: _actual(saved, saved.tables[each.source.name], total=total)
        for each in subjects
        if each.source.name in saved.tables
    }


def _actual(saved: Saved, table: SavedTable, *, total: int) -> Actual:
    share = _bytes(table) / total if total else 1 / len(saved.tables)
    spent = saved.spent
    phases = {name: round(seconds * share, 3) for name, seconds in spent.phase_seconds.items()}
    return Actual(
        rows=table.rows_copied,
        bytes=_bytes(table),
        seconds=round(spent.seconds * share, 3),
        throttled_seconds=round(spent.throttled_seconds * share, 3),
        peak_disk_bytes=int(spent.peak_disk_bytes * share),
        phase_seconds=phases,
        estimate=None if table.expected is None else table.expected.value,
        copy_rate=copy_rate(
            _bytes(table),
            sum(phases.get(name, 0.0) for name in _COPYING),
            speed=pace_of(saved.volume or DEFAULT_VOLUME).speed,
        ),
    )


def _bytes(table: SavedTable) -> int:
    return 0 if table.expected is None else table.expected.total_bytes
