"""The work record: what the target itself knows of an apply, guarded by the newest epoch."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta

from tern.engine.fence import statements
from tern.engine.fence.claimant import Claimant
from tern.errors import LeaseLost, StaleEpoch
from tern.mysql.connection import Connection
from tern.mysql.retry import in_whole

KEPT_FOR = timedelta(days=7)
_PRUNED_AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a run writes of its work before it accepts it.

    Attributes:
        work: The whole piece of work as JSON.
    """

    apply_id: str
    home: str
    epoch: int
    work: str
    plan_hash: str = ""
    control_plane: str = ""
    external_id: str | None = None
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskState:
    """One statement's state as the record keeps it; `status` is a word of `TaskStatus`."""

    status: str
    error_code: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedSession:
    """A session that a run opened for DDL, on which start of which server."""

    id: int
    server: str
    started_at: float
    epoch: int
    instance: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The record as this run found it, after it was made the run's own.

    Attributes:
        tasks: Task id -> the state in which an earlier run left it.
    """

    claimant: Claimant
    tasks: Mapping[str, TaskState] = field(default_factory=dict)


def open_record(connection: Connection, entry: Entry) -> Opened:
    """The work is on record under the entry's epoch; a run of the same epoch gets a new instance.

    Transaction: one, the row locked throughout. The table is made first where it is missing.

    Raises:
        StaleEpoch: a newer claim is on record; nothing was written.
    """
    _ensure_table(connection, entry.home)
    return in_whole(lambda: _open(connection, entry))


def add_session(
    connection: Connection, claimant: Claimant, session: RecordedSession
) -> tuple[RecordedSession, ...]:
    """The session is on record; the answer is the others there.

    Transaction: one, the row locked throughout.

    Raises:
        StaleEpoch: a newer run is on record; nothing was written.
        LeaseLost: there is no such record any more.
    """

    def add() -> tuple[RecordedSession, ...]:
        with connection.transaction():
            row = connection.first(statements.select_locked(claimant.home), (claimant.apply_id,))
            _check_newest(row, claimant, connection.place)
            others = _sessions(row[3]) if row else ()
            _write_sessions(connection, claimant, (*others, session))
        return others

    return in_whole(add)


def keep_only(connection: Connection, claimant: Claimant, session: RecordedSession) -> None:
    """The other sessions are gone from the server, and now from the record."""
    _write_sessions(connection, claimant, (session,))


def check_newest(connection: Connection, claimant: Claimant) -> None:
    """Do nothing while no newer run is on record.

    Raises:
        StaleEpoch, LeaseLost: as `add_session`.
    """
    row = connection.first(statements.select_holder(claimant.home), (claimant.apply_id,))
    _check_newest(row, claimant, connection.place)


def write_states(
    connection: Connection,
    claimant: Claimant,
    *,
    state: str,
    tasks: Mapping[str, TaskState],
    error: tuple[str, str] | None,
    has_ended: bool,
) -> None:
    """The states are on record; `error` is its code and message.

    Raises:
        StaleEpoch, LeaseLost: as `add_session`.
    """
    text = json.dumps({task_id: asdict(task) for task_id, task in tasks.items()})
    code, message = error or (None, None)
    fence = (claimant.apply_id, claimant.epoch, claimant.instance)
    matched = connection.execute(
        statements.set_states(claimant.home), (state, text, code, message, has_ended, *fence)
    )
    if matched == 0:
        check_newest(connection, claimant)
        raise LeaseLost(subject=claimant.apply_id, reason="its work record could not be written")


def prune(connection: Connection, home: str) -> None:
    """Records that ended more than 7 days ago are gone, some at a time."""
    connection.execute(statements.prune(home), (KEPT_FOR.days, _PRUNED_AT_ONCE))


def _ensure_table(connection: Connection, home: str) -> None:
    if connection.value(statements.TABLE_EXISTS, (home, statements.TABLE)) is None:
        connection.execute(statements.create_table(home))


def _open(connection: Connection, entry: Entry) -> Opened:
    with connection.transaction():
        connection.execute(statements.insert_if_missing(entry.home), (entry.apply_id,))
        row = connection.first(statements.select_locked(entry.home), (entry.apply_id,))
        found_epoch, found_instance = (int(row[0]), int(row[1])) if row else (0, 0)
        if found_epoch > entry.epoch:
            raise StaleEpoch(place=connection.place, ours=entry.epoch, found=found_epoch)
        claimant = Claimant(
            apply_id=entry.apply_id,
            home=entry.home,
            epoch=entry.epoch,
            instance=found_instance + 1 if found_epoch == entry.epoch else 0,
        )
        connection.execute(statements.open_row(entry.home), _open_values(entry, claimant))
    return Opened(claimant=claimant, tasks=_tasks(row[2]) if row else {})


def _open_values(entry: Entry, claimant: Claimant) -> Sequence[object]:
    return (
        entry.external_id,
        entry.idempotency_key,
        entry.control_plane,
        claimant.epoch,
        claimant.instance,
        entry.plan_hash,
        entry.work,
        entry.apply_id,
    )


def _check_newest(row: Sequence[object] | None, claimant: Claimant, place: str) -> None:
    if row is None:
        raise LeaseLost(subject=claimant.apply_id, reason=f"its work record on {place} is gone")
    found = (int(str(row[0])), int(str(row[1])))
    if found[0] > claimant.epoch:
        raise StaleEpoch(place=place, ours=claimant.epoch, found=found[0])
    if found != (claimant.epoch, claimant.instance):
        raise LeaseLost(subject=claimant.apply_id, reason=f"another run of it works on {place}")


def _write_sessions(
    connection: Connection, claimant: Claimant, sessions: Sequence[RecordedSession]
) -> None:
    text = json.dumps([asdict(session) for session in sessions])
    fence = (claimant.apply_id, claimant.epoch, claimant.instance)
    connection.execute(statements.set_connections(claimant.home), (text, *fence))


def _sessions(text: object) -> tuple[RecordedSession, ...]:
    return tuple(RecordedSession(**each) for each in json.loads(str(text or "[]")))


def _tasks(text: object) -> dict[str, TaskState]:
    found = json.loads(str(text or "{}"))
    return {task_id: TaskState(**each) for task_id, each in found.items()}
