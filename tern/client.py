"""The Tern port: how work reaches a target, whoever carries it out.

`tern.local.tern.LocalTern` does it in this process; a remote Tern will be a client of the same
port. A drive can't tell them apart. Call order: `plan` any number of times; then, for a claimed
apply, `run` exactly once per claim. `run` finds out itself what is done already, so a first run, a
resume after a crash, a start after a stop and a retry are the same call.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Protocol

from tern.values.control import Settled, Signal
from tern.values.plan import PlanRequest, PlanResult, PulledSchema, PullRequest
from tern.values.progress import LogLine, Progress
from tern.values.run import Health, LogsRequest, Outcome, Work


class Fence(Protocol):
    """Who may act on the target, and until when. Thread-safe: engines ask from their threads."""

    @property
    def epoch(self) -> int:
        """The claim's epoch; a target that has seen a higher one refuses ours."""
        ...

    def remaining(self) -> timedelta:
        """Time until a peer may take over, by the local clock; zero or less: be quiet already."""
        ...

    def when_lost(self, callback: Callable[[], None]) -> None:
        """Have `callback` called once, on any thread, when the lease is lost or runs out.

        Called at once when it is lost already. The callback must return quickly and not raise.
        """
        ...


class Signals(Protocol):
    """Control signals for one run; stop and cancel overtake the others."""

    async def next(self) -> Signal:
        """Wait for the next signal that was not handed out yet."""
        ...


class Reporter(Protocol):
    """What a run tells its caller. Durable when a call returns.

    Raises:
        LeaseLost: the work belongs to somebody else; the run ends and reports no more.
    """

    async def accepted(self, external_id: str | None) -> None:
        """The target took the work on; from now on its state is the engine's."""
        ...

    async def remember(self, resume_metadata: Mapping[str, str]) -> None:
        """Store what the next run needs to find this one again."""
        ...

    async def progress(self, progress: Progress) -> None:
        """Store the whole picture; sent on each change of state and every 5 s."""
        ...

    async def settled(self, settled: Settled) -> None:
        """Store how a control signal ended."""
        ...

    async def log(self, line: LogLine) -> None:
        """Store one line for people."""
        ...


class Tern(Protocol):
    """Plan a schema change, carry it out, report, obey."""

    async def plan(self, request: PlanRequest) -> PlanResult:
        """A proven plan; what is wrong with the files is in its problems, not raised.

        Raises:
            ServerUnavailable, AccessDenied, MissingPrivilege, FlavorMismatch, SchemaMissing:
                the target can't be planned for at all.
        """
        ...

    async def pull(self, request: PullRequest) -> PulledSchema:
        """The live schema in canonical text. Raises as `plan`."""
        ...

    async def run(self, work: Work, *, fence: Fence, signals: Signals, report: Reporter) -> Outcome:
        """Carry the work out until it is finished, stopped, waiting or failed.

        On return nothing of it runs here. Cancelling the call means that the lease is gone: it is
        off the target within 5 s and reports no more.

        Raises:
            LeaseLost: the fence, a report or the target (StaleEpoch) said that the work is no
                longer ours. Everything else is an outcome.
        """
        ...

    async def logs(self, request: LogsRequest) -> Sequence[LogLine]:
        """The run's own log, as far as this Tern keeps one."""
        ...

    async def health(self) -> Health:
        """Answers within 1 s and touches no target."""
        ...
