"""What a run's outcome makes of its tasks and of the target's record."""

import pytest

from tern.errors import OutcomeUnknown, ServerUnavailable, StalePlan
from tern.local.ending import end_tasks, final_note
from tern.local.picture import Picture
from tern.values.progress import TaskProgress, TaskStatus
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
from tests.support.scripted_world import ScriptedWorld

LOST = ServerUnavailable(place="db:3306", reason="gone away")
STALE = StalePlan(table="t", change="changed")
UNKNOWN = OutcomeUnknown(action="ALTER", place="t", reason="gone away")
DONE, RUNNING, PENDING = TaskStatus.COMPLETED, TaskStatus.RUNNING, TaskStatus.PENDING
STOPPED, FAILED, CANCELLED = TaskStatus.STOPPED, TaskStatus.FAILED, TaskStatus.CANCELLED
RETRY = TaskStatus.FAILED_RETRYABLE


@pytest.fixture
def picture() -> Picture:
    """The first task is done, the second runs, the third waits."""
    picture = Picture(ScriptedWorld().work())
    picture.set("task-0", DONE)
    picture.set("task-1", RUNNING)
    return picture


@pytest.mark.parametrize(
    ("outcome", "statuses", "state"),
    [
        (Completed(end=EndState.CANCELLED), [DONE, CANCELLED, CANCELLED], "cancelled"),
        (Stopped(), [DONE, STOPPED, STOPPED], "stopped"),
        (Waiting(reason="handed back"), [DONE, RUNNING, PENDING], "waiting"),
        (Retryable(error=LOST, task_id="task-1"), [DONE, RETRY, PENDING], "failed_retryable"),
        (Retryable(error=LOST), [DONE, RETRY, PENDING], "failed_retryable"),
        (Permanent(error=STALE, task_id="task-1"), [DONE, FAILED, CANCELLED], "failed"),
        (Permanent(error=STALE, task_id="task-2"), [DONE, CANCELLED, FAILED], "failed"),
        (Permanent(error=STALE), [DONE, FAILED, CANCELLED], "failed"),
        (Unknown(error=UNKNOWN, task_id="task-1"), [DONE, STOPPED, STOPPED], "stopped"),
    ],
)
def test_tasks_and_record_follow_from_the_outcome(
    picture: Picture, outcome: Outcome, statuses: list[TaskStatus], *, state: str
) -> None:
    end_tasks(picture, outcome)
    assert [task.status for task in picture.progress().tasks] == statuses
    assert final_note(picture, outcome).state == state


def test_only_what_can_not_go_on_has_ended(picture: Picture) -> None:
    assert final_note(picture, Completed()).has_ended
    assert final_note(picture, Permanent(error=STALE)).has_ended
    for outcome in (Stopped(), Waiting(reason="x"), Retryable(error=LOST), Unknown(error=UNKNOWN)):
        assert not final_note(picture, outcome).has_ended


def test_what_failed_says_why(picture: Picture) -> None:
    end_tasks(picture, Permanent(error=STALE, task_id="task-1"))
    failed = picture.progress().tasks[1]
    assert (failed.error_code, failed.error) == ("stale_plan", STALE.message)


def test_an_engine_can_not_end_a_task_by_showing_it(picture: Picture) -> None:
    picture.merge([TaskProgress(task_id="task-1", status=DONE, rows_copied=7)])
    shown = picture.progress().tasks[1]
    assert (shown.status, shown.rows_copied) == (RUNNING, 7)


def test_an_engine_can_not_bring_an_ended_task_back(picture: Picture) -> None:
    picture.merge([TaskProgress(task_id="task-0", status=RUNNING)])
    assert picture.progress().tasks[0].status is DONE


def test_news_are_states_and_not_numbers(picture: Picture) -> None:
    picture.progress()
    picture.merge([TaskProgress(task_id="task-1", status=RUNNING, rows_copied=7)])
    assert not picture.is_news()
    picture.merge([TaskProgress(task_id="task-1", status=RUNNING, phase="verify")])
    assert picture.is_news()


def test_standing_still_is_no_advance(picture: Picture) -> None:
    assert picture.progress().advanced
    assert not picture.progress().advanced
    picture.merge([TaskProgress(task_id="task-1", status=RUNNING, rows_copied=7)])
    assert picture.progress().advanced
