"""The table from what a run returned or raised to the drive's end (Q-44)."""

import pytest

from schemabot.domain.execution import DriveEnd, HandedBack, Refused
from schemabot.scheduler.outcomes import end_of_error, end_of_outcome
from tern.errors import (
    ChangeFailed,
    Conflict,
    Deadlock,
    Forbidden,
    InvalidRequest,
    LeaseLost,
    NotFound,
    OutcomeUnknown,
    SchemaBotError,
    StaleEpoch,
    StalePlan,
    TableMissing,
    TargetBusy,
    Transient,
)
from tern.values.run import Completed, Outcome, Permanent, Retryable, Stopped, Unknown, Waiting

APPLY = "apply-00000000000000aa"
BUSY = TargetBusy(place="shop/staging", holder="another process")


def end_of(error: Exception) -> DriveEnd | None:
    return end_of_error(error, apply_id=APPLY)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (Deadlock(place="t"), Retryable),
        (OutcomeUnknown(action="rename", place="t", reason="connection lost"), Unknown),
        (StalePlan(table="t", change="a column more"), Permanent),
        (TableMissing(place="p", table="t"), Permanent),
        (BUSY, Refused),
        (ValueError("a bug"), Permanent),
    ],
)
def test_what_a_run_raises_ends_its_drive(error: Exception, kind: type) -> None:
    assert isinstance(end_of(error), kind)


@pytest.mark.parametrize(
    "branch",
    [InvalidRequest, Forbidden, NotFound, Conflict, LeaseLost, Transient, ChangeFailed],
)
def test_every_branch_of_the_tree_has_an_end(branch: type[SchemaBotError]) -> None:
    error = Exception.__new__(branch)
    SchemaBotError.__init__(error, "said")
    end = end_of(error)
    if issubclass(branch, LeaseLost):
        assert end is None
    elif issubclass(branch, Transient):
        assert isinstance(end, Retryable)
    else:
        assert isinstance(end, Permanent)


def test_a_bug_says_nothing_of_itself_outside_the_log() -> None:
    end = end_of(ValueError("a secret of the target"))
    assert isinstance(end, Permanent)
    assert end.error.code == "internal_error"
    assert "secret" not in str(end.error)
    assert APPLY in str(end.error)


def test_a_newer_epoch_at_the_target_means_that_the_lease_is_lost() -> None:
    assert end_of(StaleEpoch(place="shop/staging", ours=1, found=2)) is None


def test_a_group_of_one_counts_as_that_one() -> None:
    inner = ExceptionGroup("inner", [Deadlock(place="t")])
    assert isinstance(end_of(ExceptionGroup("outer", [inner])), Retryable)


def test_a_group_with_a_lost_lease_means_that_it_is_lost() -> None:
    group = ExceptionGroup("both", [ValueError(), LeaseLost(subject=APPLY, reason="taken")])
    assert end_of(group) is None


@pytest.mark.parametrize("outcome", [Waiting(reason="shutdown"), Stopped()])
def test_rest_at_a_shutdown_is_a_hand_back(outcome: Outcome) -> None:
    assert end_of_outcome(outcome, for_shutdown=True) == HandedBack()
    assert end_of_outcome(outcome, for_shutdown=False) == outcome


def test_what_ended_during_a_shutdown_has_ended() -> None:
    assert end_of_outcome(Completed(), for_shutdown=True) == Completed()


@pytest.mark.parametrize("outcome", [Permanent(error=BUSY), Retryable(error=BUSY)])
def test_a_busy_target_spends_no_attempt(outcome: Outcome) -> None:
    assert end_of_outcome(outcome, for_shutdown=False) == Refused(
        reason=BUSY.message, lock_wait=True
    )
