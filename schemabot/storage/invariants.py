"""The invariants of the queue as rows show them (queue.md 11); read only.

Those that need time to be seen (a terminal apply changed, a write of a displaced driver) are read
from the log, which has every transition and claim.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, and_, or_, select

from schemabot.domain.control import RequestStatus
from schemabot.domain.ids import ApplyId
from schemabot.domain.states import (
    TERMINAL_APPLY_STATES,
    ApplyState,
    TaskState,
    derive_apply_state,
    is_terminal,
)
from schemabot.storage.claim_order import claim_columns
from schemabot.storage.clock import Clock, Instant
from schemabot.storage.rows import Columns, target_of
from schemabot.storage.tables.schema import applies, apply_logs, control_requests, tasks

_LOOK_BACK = timedelta(hours=1)  # ended applies were checked while they were younger than this


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One broken invariant: its number in queue.md 11, and where."""

    invariant: int
    apply_id: ApplyId
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Everything stored of one apply."""

    row: Columns
    tasks: Sequence[Columns]
    requests: Sequence[Columns]
    events: Sequence[Columns]

    @property
    def state(self) -> ApplyState:
        """The apply's state."""
        return ApplyState(self.row["state"])


Check = Callable[[Picture], Iterable[tuple[int, str]]]


def find_violations(tx: Connection, clock: Clock) -> tuple[Violation, ...]:
    """All broken invariants of applies that are active or ended within the last hour."""
    return tuple(
        Violation(invariant=number, apply_id=ApplyId(picture.row["apply_id"]), problem=problem)
        for picture in _pictures(tx, clock)
        for check in _CHECKS
        for number, problem in check(picture)
    )


def _pictures(tx: Connection, clock: Clock) -> Iterator[Picture]:
    ended = [state.value for state in TERMINAL_APPLY_STATES]
    active = [state.value for state in ApplyState if not is_terminal(state)]
    recent = and_(applies.c.state.in_(ended), applies.c.updated_at > clock.after(-_LOOK_BACK))
    query = select(applies).where(or_(applies.c.state.in_(active), recent))
    for row in tx.execute(query).mappings().all():
        mine = tasks.c.apply_row == row["id"]
        asked = control_requests.c.apply_row == row["id"]
        logged = apply_logs.c.apply_id == row["apply_id"]
        by_position = select(tasks).where(mine).order_by(tasks.c.position)
        by_id = select(apply_logs).where(logged).order_by(apply_logs.c.id)
        yield Picture(
            row=row,
            tasks=tx.execute(by_position).mappings().all(),
            requests=tx.execute(select(control_requests).where(asked)).mappings().all(),
            events=tx.execute(by_id).mappings().all(),
        )


def _target(picture: Picture) -> Iterator[tuple[int, str]]:
    expected = None if is_terminal(picture.state) else target_of(picture.row).key
    if picture.row["active_target"] != expected:
        yield 1, f"active_target is {picture.row['active_target']!r}, not {expected!r}"


def _terminal_stays(picture: Picture) -> Iterator[tuple[int, str]]:
    for event in picture.events:
        old = event["old_state"]
        if event["event"] == "state_changed" and is_terminal(ApplyState(old)):
            yield 2, f"it left {old} for {event['new_state']}"


def _epochs(picture: Picture) -> Iterator[tuple[int, str]]:
    claims = sum(event["event"] in {"claimed", "recovered"} for event in picture.events)
    if claims != picture.row["lease_epoch"]:
        yield 3, f"{claims} claims are logged, the epoch is {picture.row['lease_epoch']}"


def _follows_tasks(picture: Picture) -> Iterator[tuple[int, str]]:
    states = [TaskState(task["state"]) for task in picture.tasks]
    if not states or picture.row["lease_token"] is not None:
        return
    derived = derive_apply_state(states, set_up=picture.state)
    samples_fell = derived is ApplyState.RUNNING and picture.state in _MAY_STAY_AHEAD
    if derived is not picture.state and not samples_fell:
        yield 7, f"its state is {picture.state}, its tasks say {derived}"


_MAY_STAY_AHEAD = frozenset({
    ApplyState.WAITING_FOR_CUTOVER,
    ApplyState.CUTTING_OVER,
    ApplyState.REVERT_WINDOW,
})


def _claim_order(picture: Picture) -> Iterator[tuple[int, str]]:
    expected = claim_columns(picture.row, _ReadInstants())
    stored = {name: picture.row[name] for name in expected}
    if stored != expected:
        yield 7, f"{stored} is stored, the facts say {expected}"


def _recovered(picture: Picture) -> Iterator[tuple[int, str]]:
    waits_for_ever = picture.row["claimable_at"] is None
    may_wait = is_terminal(picture.state) or picture.state is ApplyState.STOPPED
    if waits_for_ever and not may_wait:
        yield 8, f"{picture.state} is never claimable"


def _requests(picture: Picture) -> Iterator[tuple[int, str]]:
    is_open = [row["status"] == RequestStatus.PENDING for row in picture.requests]
    if sum(is_open) != picture.row["open_requests"]:
        yield 9, f"{sum(is_open)} requests are open, {picture.row['open_requests']} are counted"
    if any(is_open) and is_terminal(picture.state):
        yield 9, "it has ended with an open request"
    for row in picture.requests:
        if row["status"] != RequestStatus.PENDING and row["outcome"] is None:
            yield 9, f"{row['operation']} has ended without an outcome"


def _lease(picture: Picture) -> Iterator[tuple[int, str]]:
    names = ("lease_token", "lease_owner", "lease_expires_at", "lease_acquired_at")
    present = {picture.row[name] is not None for name in names}
    if len(present) != 1:
        yield 12, "its lease is half there"
    if present == {True} and is_terminal(picture.state):
        yield 12, "it has ended under a lease"


def _certain(picture: Picture) -> Iterator[tuple[int, str]]:
    states = {TaskState(task["state"]) for task in picture.tasks}
    if picture.state is ApplyState.COMPLETED and states != {TaskState.COMPLETED}:
        yield 14, f"it is completed, its tasks are {sorted(states)}"


class _ReadInstants(Clock):
    """Instants that were read already."""

    def later_of(self, one: Instant, other: Instant) -> Instant:
        """The later of two values."""
        return max(one, other)


_CHECKS: tuple[Check, ...] = (
    _target,
    _terminal_stays,
    _epochs,
    _follows_tasks,
    _claim_order,
    _recovered,
    _requests,
    _lease,
    _certain,
)
