"""How a driver's report becomes rows, while it goes on driving (Q-10 to Q-13, Q-52)."""

from datetime import datetime

from schemabot.domain.control import ENDING, Operation, RequestStatus
from schemabot.domain.event import Level, NewEvent, Source
from schemabot.domain.execution import Report
from schemabot.domain.ids import RequestId, TaskId
from schemabot.domain.reported import sampled_state
from schemabot.domain.states import (
    ApplyState,
    TaskState,
    apply_may_become,
    is_terminal,
    task_way,
)
from schemabot.storage.clock import Clock
from schemabot.storage.ending import Shown, derived_state
from schemabot.storage.json_values import TASK_PROGRESS, TEXTS
from schemabot.storage.locked_apply import LockedApply
from schemabot.storage.outages import end_outage
from tern.values.control import Settled, SettledResult
from tern.values.progress import LogLine, Progress, TaskProgress

RAW_STATE = "raw_state"
"""Key of the apply's metadata that shows a word nobody here knows (A-31)."""

_AT_REST = frozenset({ApplyState.STOPPED, ApplyState.FAILED_RETRYABLE})


def store_report(locked: LockedApply, report: Report, *, clock: Clock) -> Shown:
    """Write all of a report but what its samples make of states; the fresh part of its picture.

    A picture that is not newer than the last one of this lease counts as absent.
    """
    if report.accepted:
        _accept(locked, clock)
    if report.external_id is not None:
        locked.set(external_id=report.external_id)
    if report.resume_metadata is not None:
        locked.set(resume_metadata=TEXTS.dump(report.resume_metadata))
    for settled in report.settled:
        _settle(locked, settled)
    locked.add_lines([_line_of(line) for line in report.lines])
    progress = report.progress
    if progress is None or progress.sequence <= locked["progress_sequence"]:
        return {}
    _show(locked, progress, clock)
    return {task.task_id: task for task in progress.tasks}


def follow_samples(
    locked: LockedApply, shown: Shown, *, set_up: ApplyState | None, clock: Clock
) -> None:
    """Let states climb as the samples say; a sample never ends an apply.

    What is at rest was claimed for a stop, a cancel or a start: no sample wakes it.
    """
    if locked.state in _AT_REST:
        return
    if set_up is ApplyState.WAITING_FOR_DEPLOY:
        _wait_for_deploy(locked)
    for place, row in enumerate(locked.tasks):
        sample = shown.get(row["task_id"])
        if sample is not None:
            state = TaskState(row["state"])
            locked.tasks.move(place, task_way(state, sampled_state(state, sample)))
    _follow(locked, set_up=set_up)
    if locked.state is not ApplyState.PENDING and locked["started_at"] is None:
        locked.set(started_at=clock.now())


def _follow(locked: LockedApply, *, set_up: ApplyState | None) -> None:
    derived = derived_state(locked, set_up=set_up)
    is_end = is_terminal(derived) or derived in _AT_REST
    if is_end or derived is locked.state or not apply_may_become(locked.state, derived):
        return
    was_waiting = locked.state is ApplyState.WAITING_FOR_DEPLOY
    locked.move((derived,))
    if was_waiting:
        locked.requests.end(Operation.DEPLOY, status=RequestStatus.COMPLETED, outcome="deploying")


def _accept(locked: LockedApply, clock: Clock) -> None:
    locked.set(refusals=0)
    if locked["started_at"] is None:
        locked.set(started_at=clock.now())
    end_outage(locked)
    asked = locked.requests.operations()
    if Operation.START not in asked or ENDING & asked.keys():
        return
    if locked.state is ApplyState.STOPPED:
        _revive(locked, clock)
    locked.requests.end(Operation.START, status=RequestStatus.COMPLETED, outcome="started")


def _revive(locked: LockedApply, clock: Clock) -> None:
    """A start resets the attempts, and stopped tasks go on (Q-43, Q-52)."""
    locked.set(attempt=1, attempt_started_at=clock.now(), error_code=None, error_message=None)
    for place, state in enumerate(locked.tasks.states):
        if state is TaskState.STOPPED:
            locked.tasks.move(place, (TaskState.PENDING,))
            locked.tasks.set(place, error_code=None, error_message=None)
    derived = derived_state(locked)
    locked.move((derived,))


def _settle(locked: LockedApply, settled: Settled) -> None:
    operation = locked.requests.by_id(RequestId(settled.request_id))
    if operation is None:
        return  # superseded, ended, or armed again since: the newer one is not answered by this
    if settled.result is not SettledResult.DONE:
        is_start = operation is Operation.START
        locked.requests.end(
            operation,
            status=RequestStatus.FAILED,
            outcome="start_not_effective" if is_start else settled.result.value,
            message=settled.message,
        )
        return
    message = settled.message or None
    if operation is Operation.TAKE_BACK:
        _end_older_cutover(locked)
    locked.requests.end(operation, status=RequestStatus.COMPLETED, outcome="done", message=message)


def _end_older_cutover(locked: LockedApply) -> None:
    asked_at: dict[str, datetime] = {
        row["operation"]: row["created_at"] for row in locked.requests.rows()
    }
    cutover = asked_at.get(Operation.CUTOVER)
    if cutover is not None and cutover <= asked_at[Operation.TAKE_BACK]:
        locked.requests.end(Operation.CUTOVER, status=RequestStatus.FAILED, outcome="taken_back")


def _show(locked: LockedApply, progress: Progress, clock: Clock) -> None:
    raw = [task.raw_status for task in progress.tasks if task.raw_status is not None]
    metadata = {**progress.metadata, **({RAW_STATE: raw[0]} if raw else {})}
    locked.set(
        progress_sequence=progress.sequence,
        progress_at=clock.now(),
        summary=progress.summary,
        metadata_json=TEXTS.dump(metadata),
    )
    pictures = {task.task_id: task for task in progress.tasks}
    for place, row in enumerate(locked.tasks):
        picture = pictures.get(row["task_id"])
        if picture is not None:
            locked.tasks.set(place, **_picture_columns(picture))


def _picture_columns(picture: TaskProgress) -> dict[str, object]:
    columns: dict[str, object] = {
        "progress": TASK_PROGRESS.dump(picture),
        "ready": picture.ready,
    }
    if picture.error is not None:
        columns |= {"error_code": picture.error_code, "error_message": picture.error}
    return columns


def _wait_for_deploy(locked: LockedApply) -> None:
    for place, state in enumerate(locked.tasks.states):
        if state is TaskState.PENDING:
            locked.tasks.move(place, (TaskState.WAITING_FOR_DEPLOY,))


def _line_of(line: LogLine) -> NewEvent:
    levels = {level.value: level for level in Level}
    return NewEvent(
        event=line.event,
        message=line.message,
        level=levels.get(line.level.lower(), Level.INFO),
        source=Source.ENGINE,
        task_id=None if line.task_id is None else TaskId(line.task_id),
        fields=line.fields,
    )
