"""What a run's outcome makes of its tasks and of the target's record; pure."""

from tern.errors import SchemaBotError
from tern.local.picture import Picture
from tern.local.site import Note
from tern.values.progress import TaskStatus
from tern.values.run import (
    Completed,
    EndState,
    Outcome,
    Permanent,
    Retryable,
    Stopped,
    Unknown,
    Waiting,
)


def end_tasks(picture: Picture, outcome: Outcome) -> None:
    """Give every task without an end the status that follows from the outcome (T-9, Q-42)."""
    match outcome:
        case Completed(end=EndState.CANCELLED):
            _all(picture, TaskStatus.CANCELLED)
        case Completed() | Waiting():
            pass
        case Stopped():
            _all(picture, TaskStatus.STOPPED)
        case Retryable(task_id=task_id, error=error):
            _retry(picture, task_id, error)
        case Permanent(task_id=task_id, error=error):
            _fail(picture, task_id, error)
        case Unknown(task_id=task_id, error=error):
            if task_id is not None:
                picture.set(task_id, TaskStatus.STOPPED, error=error)
            _all(picture, TaskStatus.STOPPED)


def final_note(picture: Picture, outcome: Outcome) -> Note:
    """What goes on record at the end of a run."""
    tasks = picture.states()
    match outcome:
        case Completed(end=end):
            return Note(state=str(end), tasks=tasks, has_ended=True)
        case Permanent(error=error):
            return Note(state="failed", tasks=tasks, error=error, has_ended=True)
        case Stopped():
            return Note(state="stopped", tasks=tasks)
        case Waiting():
            return Note(state="waiting", tasks=tasks)
        case Retryable(error=error):
            return Note(state="failed_retryable", tasks=tasks, error=error)
        case Unknown(error=error):
            return Note(state="stopped", tasks=tasks, error=error)


def _all(picture: Picture, status: TaskStatus) -> None:
    for task_id in picture.unfinished():
        if picture.status(task_id) is not status:
            picture.set(task_id, status)


def _retry(picture: Picture, task_id: str | None, error: SchemaBotError) -> None:
    """The task, and what runs together with it; those that had not begun stay pending."""
    for each in picture.unfinished():
        if each == task_id or picture.status(each) is not TaskStatus.PENDING:
            picture.set(each, TaskStatus.FAILED_RETRYABLE, error=error)


def _fail(picture: Picture, task_id: str | None, error: SchemaBotError) -> None:
    unfinished = picture.unfinished()
    failed = task_id if task_id in unfinished else next(iter(unfinished), None)
    if failed is not None:
        picture.set(failed, TaskStatus.FAILED, error=error)
    _all(picture, TaskStatus.CANCELLED)
