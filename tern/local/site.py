"""A target as one run sees it, beside the engines: taken, looked at, noted on, left."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from tern.client import Fence
from tern.engine.definition import Standing
from tern.engine.fence.claimant import Claimant
from tern.engine.fence.record import TaskState
from tern.errors import SchemaBotError
from tern.values.progress import TaskStatus
from tern.values.run import Work, WorkStatement


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What a run finds on the target once it has taken it.

    Attributes:
        recorded: Task id -> state in which an earlier run of this work left it.
        standings: Task id -> what the live table is equal to, for each unfinished statement.
        uses: Task id -> how otherwise than the plan said the thing that goes was used since.
    """

    claimant: Claimant
    recorded: Mapping[str, TaskState]
    standings: Mapping[str, Standing]
    uses: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A run's state for the target's own record of it."""

    state: str
    tasks: Mapping[str, TaskState]
    error: SchemaBotError | None = None
    has_ended: bool = False


class Site(Protocol):
    """All of it sync and on one thread at a time, but `cut` may be called from any."""

    @property
    def place(self) -> str:
        """The target's address as people write it."""
        ...

    def take(self, work: Work, *, fence: Fence) -> Survey:
        """Make the target ours and look at every unfinished statement's table (T-10).

        May be called again by the same run, to look once more.

        Raises:
            StaleEpoch: a newer claim's epoch is on record.
            TargetBusy: somebody else changes the target.
            SchemaBotError: the target can't be reached or used.
        """
        ...

    def note(self, claimant: Claimant, note: Note) -> None:
        """Put the run's state on record.

        Raises:
            StaleEpoch, LeaseLost: the record is a newer run's.
        """
        ...

    def cut(self) -> None:
        """Break off whatever goes on, at once; later calls raise LeaseLost. Any thread."""
        ...


FINISHED = frozenset({
    TaskStatus.COMPLETED,
    TaskStatus.FAILED,
    TaskStatus.CANCELLED,
    TaskStatus.REVERTED,
})


def is_finished(statement: WorkStatement) -> bool:
    """Whether the statement's stored state is an end."""
    return statement.status in FINISHED
