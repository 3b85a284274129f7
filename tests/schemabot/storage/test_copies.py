"""Earlier copies on a target tell how fast the next one may be (P-38)."""

from dataclasses import replace

from schemabot.domain.execution import Execution, Report
from schemabot.storage.storage import Storage
from tern.values.progress import Actual, Progress, TaskStatus
from tern.values.run import Completed
from tern.values.target import Target
from tests.support.stored import a_target, picture, running


def copy(storage: Storage, *rates: float | None, target: Target | None = None) -> None:
    """An apply on the target whose tables were copied at these rates."""
    execution = running(storage, target)
    shown = picture(execution, TaskStatus.COMPLETED, sequence=2)
    tasks = tuple(
        replace(task, actual=Actual(rows=1, bytes=1, seconds=1, copy_rate=rate))
        for task, rate in zip(shown.tasks, rates, strict=True)
    )
    end(storage, execution, replace(shown, tasks=tasks))


def end(storage: Storage, execution: Execution, shown: Progress) -> None:
    storage.leases.finish(execution.lease, Completed(), Report(progress=shown))


def test_the_newest_copies_of_a_target_are_told_first(storage: Storage) -> None:
    assert storage.copies.rates(a_target()) == ()
    copy(storage, 1.0, 2.0)
    copy(storage, 3.0, 4.0)
    assert storage.copies.rates(a_target()) == (4.0, 3.0, 2.0, 1.0)


def test_small_copies_are_passed_over(storage: Storage) -> None:
    copy(storage, None, 2.0)
    assert storage.copies.rates(a_target()) == (2.0,)


def test_another_target_has_copies_of_its_own(storage: Storage) -> None:
    copy(storage, 1.0, 2.0)
    copy(storage, 3.0, 4.0, target=a_target(environment="staging"))
    assert storage.copies.rates(a_target()) == (2.0, 1.0)


def test_no_more_than_twenty_are_told(storage: Storage) -> None:
    for number in range(12):
        copy(storage, float(number), float(number))
    assert len(storage.copies.rates(a_target())) == 20


def test_a_copy_that_did_not_end_tells_nothing(storage: Storage) -> None:
    report_of = running(storage)
    shown = picture(report_of, TaskStatus.RUNNING, sequence=2)
    storage.leases.record(report_of.lease, Report(progress=shown))
    assert storage.copies.rates(a_target()) == ()
