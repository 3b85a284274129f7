"""What a worker gets with a claim, and what it says of it: the values of the `Queue` port (W-6)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from schemabot.domain.apply import Lane
from schemabot.domain.control import Operation
from schemabot.domain.ids import ApplyId, RequestId
from schemabot.domain.lease import Lease
from schemabot.domain.scope import EVERYTHING, Scope
from schemabot.domain.states import ApplyState, TaskState
from tern.errors import SchemaBotError
from tern.values.control import Settled
from tern.values.progress import LogLine, Progress
from tern.values.run import Outcome, Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimer:
    """Who asks for work, and what it may be given.

    Attributes:
        owner: `host/pid/boot/slot`, for people only.
        term: How long a fresh lease lasts, from the database's now.
        scopes: What it may see; none means nothing.
        request_id: Of a poll over HTTP, kept over its retries (W-17): the same id gets the leases
            that it was given before, as long as one of them is live.
        barred: Where no new lease may begin now: a limit is reached (Q-20).
    """

    owner: str
    term: timedelta
    lane: Lane = Lane.LOCAL
    scopes: tuple[Scope, ...] = EVERYTHING
    request_id: str | None = None
    barred: tuple[Scope, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A pending control request as its worker sees it."""

    request_id: RequestId
    apply_id: ApplyId
    operation: Operation
    value: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """A claimed apply in a worker's hands: complete, nothing else need be read to run it."""

    lease: Lease
    work: Work
    state: ApplyState
    orders: tuple[Order, ...] = ()
    traceparent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One worker-side write: what changed since the last one. Absent parts stay as stored.

    Attributes:
        accepted: The target took the work on; `external_id` may come with it.
        set_up: A state of ranks 1 to 5, as long as no task has started.
        lines: For the apply's log.
    """

    accepted: bool = False
    set_up: ApplyState | None = None
    external_id: str | None = None
    resume_metadata: Mapping[str, str] | None = None
    progress: Progress | None = None
    settled: tuple[Settled, ...] = ()
    lines: tuple[LogLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """This worker can't drive it: no route, target lock busy; the attempt stays unspent (Q-19)."""

    reason: str
    lock_wait: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedBack:
    """Given up at a checkpoint, state kept, due at once for a peer (Q-58)."""

    reason: str = "shutdown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreachable:
    """The target never answered, so nothing ran and nothing is spent: an outage (Q-56)."""

    error: SchemaBotError


DriveEnd = Outcome | Refused | HandedBack | Unreachable


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a beat says of one lease: how long it holds now, and what is asked of its apply."""

    lease: Lease
    orders: tuple[Order, ...] = ()


class LossReason(StrEnum):
    """Why a lease is no longer ours, as a successful read showed it (Q-23)."""

    OTHER_TOKEN = "other_token"  # noqa: S105 (a reason, not a secret)
    EXPIRED = "expired"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A lease that a beat found lost."""

    lease: Lease
    reason: LossReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """The answer to a batch of beats.

    A lease that is in neither list could not be reached (somebody held its row): nothing is known
    of it, so beat again while its trust window lasts (Q-23).
    """

    kept: tuple[Kept, ...] = ()
    lost: tuple[Lost, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What a worker-side write left behind.

    Attributes:
        orders: Control requests that are still open, stop and cancel first.
        retry_in: For `failed_retryable`: how long until it is due.
    """

    state: ApplyState
    orders: tuple[Order, ...] = ()
    task_states: Mapping[str, TaskState] = field(default_factory=dict)
    retry_in: timedelta | None = None
