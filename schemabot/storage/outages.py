"""A target that can't be reached: the apply waits for it, and shows since when (Q-56)."""

from datetime import datetime

from schemabot.domain.event import Level
from schemabot.domain.execution import Unreachable
from schemabot.domain.states import TERMINAL_TASK_STATES
from schemabot.storage.clock import Clock
from schemabot.storage.locked_apply import LockedApply


def await_target(locked: LockedApply, end: Unreachable, clock: Clock) -> None:
    """Nothing ran: the tasks stay as they were; only the outage's first look is logged."""
    if locked["outage_since"] is None:
        locked.set(outage_since=clock.now())
        locked.log("target_unreachable", end.error.message, level=Level.WARNING)
    since = outage_since(locked).strftime("%Y-%m-%dT%H:%M:%SZ")
    locked.set(detail=f"{end.error.message}; tried since {since}, and again until it answers")
    for place, state in enumerate(locked.tasks.states):
        if state not in TERMINAL_TASK_STATES:
            locked.tasks.set(place, error_code=None, error_message=None)


def outage_since(locked: LockedApply) -> datetime:
    """Since when the target can't be reached; now, where this transaction was the first to see."""
    since = locked["outage_since"]
    return since if isinstance(since, datetime) else locked.now


def end_outage(locked: LockedApply) -> None:
    """The target has answered."""
    if locked["outage_since"] is not None:
        locked.set(outage_since=None)
        locked.log("target_reached", "the target answers again")
