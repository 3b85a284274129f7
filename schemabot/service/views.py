"""What use cases answer: values without a way to storage, so that a client may know them too."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from schemabot.domain.apply import Apply
from schemabot.domain.ids import ApplyId
from schemabot.domain.lock import DatabaseLock
from schemabot.domain.page import Page
from schemabot.domain.states import ApplyState, is_terminal
from schemabot.domain.worker import Worker
from schemabot.service.picture import Picture
from tern.values.plan import PlanResult
from tern.values.target import DatabaseType, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """An apply in the queue; `started` when this process claimed it in the same transaction."""

    apply: Apply
    started: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Applies that match, newest first, and how many are in each state."""

    page: Page[Picture]
    state_counts: dict[ApplyState, int]

    @property
    def active_count(self) -> int:
        """How many have not ended."""
        return sum(n for state, n in self.state_counts.items() if not is_terminal(state))


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentView:
    """One environment as a list of databases shows it; `order` from 1."""

    name: str
    order: int
    target: Target
    route: str
    active: Apply | None
    lock: DatabaseLock | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseView:
    """One configured database that the caller may see."""

    name: str
    type: DatabaseType
    environments: tuple[EnvironmentView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerView:
    """One process that claims, and what it drives as far as the caller may see it."""

    worker: Worker
    applies: tuple[ApplyId, ...]


class DriftResult(StrEnum):
    """What a comparison found."""

    IN_SYNC = "in_sync"
    DRIFTED = "drifted"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """A comparison.

    Attributes:
        baseline: The apply whose files were compared; None when the caller gave them.
        plan: What would make the target as wanted; None when that is unknown, then `error` says
            why.
    """

    result: DriftResult
    as_of: datetime
    baseline: ApplyId | None = None
    plan: PlanResult | None = None
    error: str | None = None
