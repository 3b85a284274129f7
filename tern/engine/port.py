"""The engine port: one engine object carries out one run on one target. All of it is sync.

`apply` blocks the calling thread until the run is at rest; the other methods may be called from any
thread meanwhile and never wait for the server. `LocalTern` picks the engine per statement and owns
the threads; an engine that needs more of them starts, names and joins its own (`online/crew.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from tern.client import Fence
from tern.values.progress import TaskProgress
from tern.values.run import Outcome, RunOptions, WorkStatement


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineRun:
    """What an engine carries out: one statement, or a group that cuts over together.

    Attributes:
        change_id: Names the work across crashes and claims: the apply's id.
        statements: In the plan's order; several only where the engine has atomic groups.
        fence: Asked before every point of no return, with the engine's own margin.
        session: The settings in which the statements were proven.
        home: The schema that holds the work record; see `tern.engine.fence`.
        instance: Tells runs of one claim apart in that record.
        copy_rates: As in `tern.values.run.Work`.
        lease_term: The longest that the fence was seen to have left, since it does not tell its
            term; zero where nobody looked.
    """

    change_id: str
    place: str
    statements: tuple[WorkStatement, ...]
    fence: Fence
    options: RunOptions = field(default_factory=RunOptions)
    session: Mapping[str, str] = field(default_factory=dict)
    home: str = ""
    instance: int = 0
    copy_rates: tuple[float, ...] = ()
    lease_term: timedelta = timedelta(0)


class StopKind(StrEnum):
    """How a run is asked to end before its end."""

    STOP = "stop"  # come to rest, checkpoint kept
    CANCEL = "cancel"  # come to rest, artifacts removed
    ABANDON = "abandon"  # the lease is gone: close connections, write nothing more


class CutoverOrder(StrEnum):
    """What is asked of a deferred cutover."""

    GO = "go"
    FORCE = "force"
    TAKE_BACK = "take_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What an engine can do, as data; a request it can't serve is refused at once."""

    name: str
    stop: bool
    cancel: bool
    defer_cutover: bool
    take_back: bool
    revert: bool
    volume: bool
    atomic_group: bool


class Engine(Protocol):
    """Carries one run out on one target."""

    @property
    def capabilities(self) -> Capabilities:
        """Fixed for the class."""
        ...

    def apply(self, run: EngineRun) -> Outcome:
        """Run to an outcome on the calling thread; resumes from a checkpoint by itself.

        Raises nothing of the error tree but LeaseLost: everything else is an outcome.
        """
        ...

    def has_checkpoint(self, run: EngineRun) -> bool:
        """Whether this very change was begun and left something that `apply` resumes from.

        Then the live text decides nothing, and a cancel must go through `apply` to clean up. Looks
        at the target and blocks the calling thread; not called while `apply` runs.
        """
        ...

    def progress(self) -> tuple[TaskProgress, ...]:
        """The last snapshot, one per statement of the run; never blocks, no SQL."""
        ...

    def stop(self, kind: StopKind) -> None:
        """Ask `apply` to return: within 30 s, for ABANDON within 5 s. Idempotent, never blocks.

        Asked before `apply` begins, it is honoured as soon as it does.
        """
        ...

    def cutover(self, order: CutoverOrder) -> None:
        """Let a waiting cutover go, or take an order back while nothing is swapped.

        Raises:
            Conflict: not waiting, or swapped already.
        """
        ...

    def volume(self, level: int) -> int | None:
        """Set the pace, 1 to 11, live; the previous one, or None where pace means nothing."""
        ...
