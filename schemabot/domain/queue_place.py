"""Why an apply waits, as far as rows tell (A-33)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from schemabot.domain.ids import ApplyId


class WaitReason(StrEnum):
    """What an unclaimed apply waits for."""

    NEXT = "next"
    NO_FREE_WORKER = "no_free_worker"
    NO_CAPABLE_WORKER = "no_capable_worker"
    LIMIT_REACHED = "limit_reached"
    TARGET_BUSY = "target_busy"
    OUTSIDE_WINDOW = "outside_window"
    FROZEN = "frozen"
    RETRY_WAIT = "retry_wait"
    SCHEDULED = "scheduled"
    PARKED = "parked"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePlace:
    """An apply's place among those that wait.

    Attributes:
        position: From 1; None when it isn't due yet.
        due_in_seconds: Until it may be claimed; None when it is due, or waits for a request.
    """

    reason: WaitReason
    position: int | None = None
    due_at: datetime | None = None
    due_in_seconds: float | None = None
    blocking_apply_id: ApplyId | None = None
