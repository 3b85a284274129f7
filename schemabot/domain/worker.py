"""The registry of processes that claim: for people, for wakes, and who could serve (A-43)."""

from dataclasses import dataclass
from datetime import datetime

from schemabot.domain.apply import Lane
from schemabot.domain.scope import EVERYTHING, Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerReport:
    """What a process says of itself when it registers and with each beat.

    Attributes:
        worker_id: `host/pid/boot`.
        wake_address: Where a datagram or a call reaches it; None: it only polls.
    """

    worker_id: str
    host: str
    pid: int
    version: str
    kind: Lane
    slots: int
    busy: int = 0
    scopes: tuple[Scope, ...] = EVERYTHING
    engines: tuple[str, ...] = ()
    wake_address: str | None = None
    draining: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A registered process.

    Attributes:
        is_live: It was heard of within the asked time.
    """

    report: WorkerReport
    started_at: datetime
    last_seen_at: datetime
    is_live: bool
