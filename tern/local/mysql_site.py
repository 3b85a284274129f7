"""A MySQL or MariaDB server as one run sees it."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass

from tern.client import Fence
from tern.ddl.flavor import Flavor
from tern.engine.definition import Standing, read_standing
from tern.engine.fence.claimant import Claimant
from tern.engine.fence.record import Entry, Opened, open_record, prune, write_states
from tern.engine.fence.session import fenced_session
from tern.engine.sessions import Sessions
from tern.errors import FlavorMismatch, LeaseLost
from tern.local.access import TargetAccess
from tern.local.planning.uses import Uses
from tern.local.site import Note, Survey, is_finished
from tern.mysql.connection import Connection
from tern.mysql.server import read_server
from tern.mysql.session import Session, planning_session
from tern.values.run import Work, WorkStatement
from tern.values.target import DatabaseType

# The key under which a control plane that sends work over the wire remembers it (T-19).
IDEMPOTENCY_KEY = "idempotency_key"

_IDLE_SECONDS = 60


class MysqlSite:
    """One run on one server; see `tern.local.site.Site`."""

    def __init__(self, access: TargetAccess, *, control_plane: str = "") -> None:
        self._access = access
        self._control_plane = control_plane
        self._sessions = Sessions(access.params)

    @property
    def place(self) -> str:
        """See `Site`."""
        return self._access.params.place

    def take(self, work: Work, *, fence: Fence) -> Survey:
        """See `Site`."""
        try:
            return self._take(work, fence)
        finally:
            self._sessions.leave()

    def note(self, claimant: Claimant, note: Note) -> None:
        """See `Site`."""
        error = None if note.error is None else (note.error.code, note.error.message)
        with self._sessions.open(_session) as connection:
            write_states(
                connection,
                claimant,
                state=note.state,
                tasks=note.tasks,
                error=error,
                has_ended=note.has_ended,
            )

    def cut(self) -> None:
        """See `Site`."""
        self._sessions.cut()

    def _take(self, work: Work, fence: Fence) -> Survey:
        unfinished = [each for each in work.statements if not is_finished(each)]
        opened = self._open_record(work, fence)
        schemas = {statement.schema for statement in unfinished}
        with fenced_session(
            self._sessions, opened.claimant, schemas=schemas, session=_session
        ) as fenced:
            standings = _standings(fenced.connection, unfinished)
            uses = _uses_since(fenced.connection, unfinished)
        return Survey(
            claimant=opened.claimant, recorded=opened.tasks, standings=standings, uses=uses
        )

    def _open_record(self, work: Work, fence: Fence) -> Opened:
        if fence.remaining().total_seconds() <= 0:
            raise LeaseLost(subject=work.apply_id, reason="it ran out before the run began")
        with self._sessions.open(_session) as connection:
            _check_flavor(connection, self._access.type)
            entry = self._entry(work, fence.epoch)
            opened = open_record(connection, entry)
            prune(connection, entry.home)
        return opened

    def _entry(self, work: Work, epoch: int) -> Entry:
        return Entry(
            apply_id=work.apply_id,
            home=work.statements[0].schema,
            epoch=epoch,
            work=json.dumps(work, default=_plain),
            plan_hash=work.plan_hash,
            control_plane=self._control_plane,
            external_id=work.external_id,
            idempotency_key=work.resume_metadata.get(IDEMPOTENCY_KEY),
        )


def _session(flavor: Flavor) -> Session:
    """Tables print as they did for the plan; a frozen run's session is ended by the server."""
    return planning_session(flavor).but(wait_timeout=_IDLE_SECONDS)


def _standings(connection: Connection, statements: list[WorkStatement]) -> dict[str, Standing]:
    return {each.task_id: read_standing(connection, each) for each in statements}


def _uses_since(
    connection: Connection, statements: list[WorkStatement]
) -> dict[str, Mapping[str, str]]:
    """Sampled again before anything goes (P-39)."""
    told = [each for each in statements if each.evidence]
    if not told:
        return {}
    uses = Uses(connection=connection, server=read_server(connection))
    found = {each.task_id: uses.since(each.schema, each.table, each.evidence) for each in told}
    return {task_id: since for task_id, since in found.items() if since}


def _check_flavor(connection: Connection, configured: DatabaseType) -> None:
    is_mariadb = connection.flavor.is_mariadb()
    if is_mariadb != (configured is DatabaseType.MARIADB):
        raise FlavorMismatch(
            place=connection.place, configured=str(configured), found=str(connection.flavor)
        )


def _plain(value: object) -> object:
    """What JSON has no word for: our values as objects, read-only mappings as plain ones."""
    if is_dataclass(value):
        return {each.name: getattr(value, each.name) for each in fields(value)}
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(type(value).__name__)
