"""What the change of each table is expected to cost, before anything is touched (E-66)."""

from collections.abc import Mapping
from dataclasses import replace
from math import isfinite

from tern.engine.copy_estimate import rates_from
from tern.engine.online.checkpoint import Saved
from tern.engine.online.expected import Expected, expected
from tern.engine.online.ground import Ground
from tern.engine.online.pace import pace_of
from tern.errors import ChangeFailed, InvalidRequest
from tern.mysql.catalogue import sizes

_MIB = 1024 * 1024


class NoRoom(ChangeFailed):
    """The server's disk has less room than the copy needs (E-66)."""

    code = "disk"

    def __init__(self, *, table: str, needed_bytes: int, free_bytes: int) -> None:
        needed, free = needed_bytes / _MIB, free_bytes / _MIB
        super().__init__(
            f"{table}: the copy needs {needed:,.1f} MiB of disk and free-space-sql says that "
            f"{free:,.1f} MiB are free",
            next_action="make room on the server, then apply again",
            details={"needed_bytes": needed_bytes, "free_bytes": free_bytes},
        )


class FreeSpaceUnreadable(InvalidRequest):
    """The configured query does not answer with a number of bytes."""

    code = "free_space_sql"

    def __init__(self, *, answer: object) -> None:
        super().__init__(
            f"free-space-sql answered {answer!r}, which is no number of bytes",
            next_action="have its first column be the free bytes",
        )


def expect(ground: Ground) -> Mapping[str, Expected]:
    """Source's name -> its cost, by the server's statistics of now."""
    schema = ground.subjects[0].source.schema
    found = sizes(ground.desk, schema, [each.source.name for each in ground.subjects])
    return {
        each.source.name: expected(
            found[each.source.name],
            rates=rates_from(ground.run.copy_rates),
            speed=pace_of(ground.orders.volume).speed,
            writes_log=ground.server.is_on("log_bin"),
        )
        for each in ground.subjects
    }


def with_costs(saved: Saved, costs: Mapping[str, Expected]) -> Saved:
    """What the checkpoint says, with what was expected of each table."""
    tables = {
        name: replace(table, expected=costs.get(name)) for name, table in saved.tables.items()
    }
    return replace(saved, tables=tables)


def check_room(ground: Ground, costs: Mapping[str, Expected]) -> None:
    """Do nothing if there is room, or nobody said how to ask.

    Raises:
        NoRoom: there is less than the copy needs; nothing was touched.
        FreeSpaceUnreadable: the configured query says no number.
    """
    sql = ground.options.free_space_sql
    if sql is None:
        return
    answer = ground.desk.value(sql)
    try:
        free = float(answer)
    except (TypeError, ValueError) as error:
        raise FreeSpaceUnreadable(answer=answer) from error
    if not isfinite(free):
        raise FreeSpaceUnreadable(answer=answer)
    needed = sum(each.needed_bytes for each in costs.values())
    if free < needed:
        raise NoRoom(table=ground.subjects[0].table, needed_bytes=needed, free_bytes=int(free))
