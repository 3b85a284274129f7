"""The invariants of the queue as rows show them (queue.md 11); read only.

Those that need time to be seen (a terminal apply changed, a write of a displaced driver) are read
from the log, which has every transition and claim.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Select, and_, or_, select

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
_TELLING = ("state_changed", "claimed", "recovered")


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


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedPage:
    """What was found among some applies; `last_row` is None when no more follow."""

    violations: tuple[Violation, ...]
    last_row: int | None


def check_page(tx: Connection, *, clock: Clock, after: int, limit: int) -> CheckedPage:
    """Broken invariants of some applies that are active or ended within the last hour.

    Four statements, whatever their number.

    Args:
        tx: Whose statements all see the same commits.
        clock: The database's.
        after: The row id where the page before ended; 0 begins.
        limit: How many applies.
    """
    rows = tx.execute(_page(clock, after).limit(limit)).mappings().all()
    violations = tuple(
        Violation(invariant=number, apply_id=ApplyId(picture.row["apply_id"]), problem=problem)
        for picture in _pictures(tx, rows)
        for check in _CHECKS
        for number, problem in check(picture)
    )
    return CheckedPage(
        violations=violations, last_row=rows[-1]["id"] if len(rows) == limit else None
    )


def _page(clock: Clock, after: int) -> Select[Any]:
    ended = [state.value for state in TERMINAL_APPLY_STATES]
    active = [state.value for state in ApplyState if not is_terminal(state)]
    recent = and_(applies.c.state.in_(ended), applies.c.updated_at > clock.after(-_LOOK_BACK))
    wanted = or_(applies.c.state.in_(active), recent)
    return select(applies).where(applies.c.id > after, wanted).order_by(applies.c.id)


def _pictures(tx: Connection, rows: Sequence[Columns]) -> Iterator[Picture]:
    if not rows:
        return
    row_ids = [row["id"] for row in rows]
    own_tasks = select(tasks).where(tasks.c.apply_row.in_(row_ids)).order_by(tasks.c.position)
    asked = select(control_requests).where(control_requests.c.apply_row.in_(row_ids))
    logged = (
        select(apply_logs)
        .where(
            apply_logs.c.apply_id.in_([row["apply_id"] for row in rows]),
            apply_logs.c.event.in_(_TELLING),
        )
        .order_by(apply_logs.c.id)
    )
    tasks_of = _grouped(tx.execute(own_tasks).mappings(), by="apply_row")
    requests_of = _grouped(tx.execute(asked).mappings(), by="apply_row")
    events_of = _grouped(tx.execute(logged).mappings(), by="apply_id")
    for row in rows:
        yield Picture(
            row=row,
            tasks=tasks_of.get(row["id"], []),
            requests=requests_of.get(row["id"], []),
            events=events_of.get(row["apply_id"], []),
        )


def _grouped(rows: Iterable[Columns], *, by: str) -> dict[Any, list[Columns]]:
    groups: dict[Any, list[Columns]] = {}
    for row in rows:
        groups.setdefault(row[by], []).append(row)
    return groups


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
