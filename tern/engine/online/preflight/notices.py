"""What forbids nothing and is worth knowing before a copy begins (section 14)."""

import re
from collections.abc import Iterator

from tern.engine.online.preflight.check import Sight, TableSight

_DAY_SECONDS = 86_400
_INTERLEAVED = "2"


def notices(sight: Sight) -> Iterator[str]:
    """One sentence each: `table or place: what`."""
    yield from _short_log(sight)
    for table in sight.tables:
        yield from _latched(sight, table)
        yield from _compressed(table)
        yield from _renamed_checks(sight, table)


def _short_log(sight: Sight) -> Iterator[str]:
    """Zero is for ever."""
    kept = int(float(sight.server.variables.get("binlog_expire_logs_seconds", "0") or 0))
    if 0 < kept < _DAY_SECONDS:
        yield (
            f"{sight.server.place}: the binary log is kept for {kept / 3600:.1f} h; "
            "a change that rests for longer is copied anew"
        )


def _latched(sight: Sight, table: TableSight) -> Iterator[str]:
    """E-19."""
    mode = sight.server.variables.get("innodb_autoinc_lock_mode", _INTERLEAVED)
    if mode != _INTERLEAVED and any(column.is_auto_increment for column in table.desired.columns):
        yield (
            f"{table.name}: one insert at a time, because innodb_autoinc_lock_mode is {mode}; "
            "with 2 the copy would be quicker"
        )


def _compressed(table: TableSight) -> Iterator[str]:
    if (table.desired.option("row_format") or "").lower() == "compressed":
        yield f"{table.name}: rows are compressed as they are copied, which takes far longer"


def _renamed_checks(sight: Sight, table: TableSight) -> Iterator[str]:
    """Two tables can't have checks of one name there, so the new table's get the server's names."""
    if not sight.server.flavor.names_checks_per_schema():
        return
    generated = re.compile(re.escape(table.desired.name) + r"_chk_\d+", re.IGNORECASE)
    for check in table.desired.checks:
        if not generated.fullmatch(check.name):
            yield f"{table.name}: check {check.name} gets a name of the server's"
