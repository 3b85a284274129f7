"""What dead plans left on the targets of this process, dropped when nobody plans (P-17)."""

from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import timedelta

from tern.errors import SchemaBotError
from tern.local.access import TargetAccess
from tern.local.planning.scratch import sweep
from tern.local.threads import Threads
from tern.mysql.connect import ConnectParams, connect
from tern.mysql.session import planning_session

JOIN_WITHIN = timedelta(seconds=40)


class Leftovers:
    """Scratch schemas by server; each server is swept once, whatever targets it has."""

    def __init__(self, targets: Iterable[TargetAccess]) -> None:
        places: dict[tuple[str, str], ConnectParams] = {}
        for access in targets:
            params = _built_at(access)
            if params is not None:
                places.setdefault((params.place, params.user), params)
        self._places: Sequence[ConnectParams] = tuple(places.values())
        self._threads = Threads(limit=1, join_within=JOIN_WITHIN)

    async def sweep(self) -> Sequence[str]:
        """Drop every abandoned scratch schema; a line for each that was left and each failure."""
        said: list[str] = []
        for params in self._places:
            name = f"tern:sweep:{params.place}"
            said += await self._threads.call(lambda at=params: _swept(at), name=name)  # type: ignore[misc]
        return said


def _built_at(access: TargetAccess) -> ConnectParams | None:
    """Where the target's plans make schemas; None where they are given one."""
    workspace = access.planning.workspace
    return (workspace.params or access.params) if workspace.schema is None else None


def _swept(params: ConnectParams) -> Sequence[str]:
    try:
        with closing(connect(params, session=planning_session)) as connection:
            left = sweep(connection).left
    except SchemaBotError as error:
        return [error.message]
    return [f"{params.place}: an old scratch schema was left alone: {line}" for line in left]
