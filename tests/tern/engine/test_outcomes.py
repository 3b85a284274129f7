"""The table from error to outcome has no gap."""

from collections.abc import Iterator

import pytest

from tern.engine.outcomes import internal_failure, outcome_of
from tern.errors import (
    DiskFull,
    LeaseLost,
    OutcomeUnknown,
    SchemaBotError,
    ServerUnavailable,
    StaleEpoch,
    StalePlan,
    TargetBusy,
    Transient,
)
from tern.values.run import Permanent, Retryable, Unknown, Waiting


def leaves(branch: type[SchemaBotError] = SchemaBotError) -> Iterator[type[SchemaBotError]]:
    below = branch.__subclasses__()
    for each in below:
        yield from leaves(each)
    if not below:
        yield branch


def an(leaf: type[SchemaBotError]) -> SchemaBotError:
    error = leaf.__new__(leaf)
    SchemaBotError.__init__(error, "something happened")
    return error


@pytest.mark.parametrize("leaf", list(leaves()))
def test_every_leaf_has_an_outcome(leaf: type[SchemaBotError]) -> None:
    error = an(leaf)
    if issubclass(leaf, LeaseLost):
        with pytest.raises(leaf):
            outcome_of(error)
        return
    outcome = outcome_of(error, task_id="task-1")
    expected = (
        Waiting
        if issubclass(leaf, TargetBusy | DiskFull)
        else Retryable
        if issubclass(leaf, Transient)
        else Unknown
        if issubclass(leaf, OutcomeUnknown)
        else Permanent
    )
    assert isinstance(outcome, expected)


def test_the_error_and_its_task_go_with_the_outcome() -> None:
    error = ServerUnavailable(place="db:3306", reason="gone away")
    assert outcome_of(error, task_id="task-1") == Retryable(error=error, task_id="task-1")
    stale = StalePlan(table="t", change="changed")
    assert outcome_of(stale, task_id="task-1") == Permanent(error=stale, task_id="task-1")


def test_a_newer_epoch_leaves_nothing_to_report() -> None:
    with pytest.raises(StaleEpoch):
        outcome_of(StaleEpoch(place="db:3306", ours=1, found=2))


def test_a_bug_is_told_by_a_reference_that_stands_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    outcome = internal_failure(ZeroDivisionError("hunter2"))
    (record,) = caplog.records
    assert record.getMessage().split()[-1] in outcome.error.message
    assert "hunter2" not in outcome.error.message
    assert record.exc_info is not None
