"""An engine in a process of its own that dies by SIGKILL: at a chosen statement, or at some moment.

Every statement that the engine sends is a point: a run that is not killed lists their shapes. The
cut is made in the driver, beneath everything of ours.
"""

import os
import re
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection as Pipe
from multiprocessing.context import SpawnProcess
from pathlib import Path
from threading import Event, Lock
from time import monotonic
from traceback import print_exception

from pymysql.connections import Connection
from pymysql.cursors import Cursor

from integration.online.workbench import PATIENCE_SECONDS, UNHELD, Bench
from integration.tern.desk import params
from tern.engine.online.chunk_sizing import SizeLimits
from tern.engine.online.engine import OnlineEngine
from tern.engine.online.options import OnlineOptions
from tern.engine.port import EngineRun
from tern.mysql.connect import ConnectParams
from tern.values.run import Outcome, Permanent, Retryable, Unknown, WorkStatement
from tests.support.caller import HeldLease

OPTIONS = OnlineOptions(
    settle_for=timedelta(milliseconds=200),
    checkpoint_every=timedelta(milliseconds=200),
    chunk=SizeLimits(start=300, least=10, most=300),
    volume=2,
    throttle=UNHELD,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """The n-th statement of a shape, from 1, and whether death comes before or after it."""

    shape: str
    is_after: bool
    number: int = 1

    def __str__(self) -> str:
        return f"{'after' if self.is_after else 'before'} {self.shape} #{self.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What the process is to do.

    Attributes:
        mutation: Done to the program before anything else.
    """

    params: ConnectParams
    change_id: str
    statements: tuple[WorkStatement, ...]
    home: str
    epoch: int
    instance: int
    options: OnlineOptions = OPTIONS
    point: Point | None = None
    mutation: Callable[[], None] | None = None


@dataclass(slots=True)
class Watch:
    """Counts statements by shape and kills at the point."""

    point: Point | None
    seen: Counter[str] = field(default_factory=Counter)
    lock: Lock = field(default_factory=Lock)

    def install(self) -> None:
        send = Connection.query

        def query(driver: "Connection[Cursor]", sql: object, unbuffered: bool = False) -> int:  # noqa: FBT001, FBT002  # the driver's own
            is_it = self._note(shape_of(sql))
            if is_it and self.point is not None and not self.point.is_after:
                die()
            answer: int = send(driver, sql, unbuffered)
            if is_it:
                die()
            return answer

        Connection.query = query  # type: ignore[assignment, method-assign]  # the driver, not ours

    def _note(self, shape: str) -> bool:
        with self.lock:
            self.seen[shape] += 1
            number = self.seen[shape]
        return self.point is not None and (shape, number) == (self.point.shape, self.point.number)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def shape_of(sql: object) -> str:
    """The statement without its names and values: its verb and what it is about."""
    text = sql.decode("utf-8", "replace") if isinstance(sql, bytes) else str(sql)
    text = re.sub(r"`[^`]*_sb[a-z2-7]{5}_([nopc])`", r"<\1>", text)
    text = re.sub(r"`t_[0-9a-f]{12}`\.", "", text)
    text = re.sub(r"IN \([^()]*\)|'[^']*'|\d+", "?", text)
    return " ".join(text.split())[:90]


def kill_at(bench: Bench, point: Point | None) -> Outcome | list[str]:
    """Run the change in a process that dies at the point; the outcome if it came to one.

    Without a point nothing dies, and the shapes of all statements come back.
    """
    with _running(replace(errand_of(bench), point=point)) as (process, pipe):
        answer = _answer(pipe)
        process.join(60)
        return answer


def kill_after(bench: Bench, seconds: float) -> Outcome | list[str]:
    """Run the change in a process that is killed after so long; the outcome if it came to one."""
    with _running(errand_of(bench)) as (process, pipe):
        process.join(seconds)
        process.kill()
        return _answer(pipe)


def run_mutated(bench: Bench, mutation: Callable[[], None]) -> Outcome:
    """The change by a program that was altered; its outcome.

    Args:
        bench: The change.
        mutation: A function of a module's own, called in the process.
    """
    answer = kill_mutated(bench, mutation)
    assert not isinstance(answer, list), "the altered program died"
    return answer


def kill_mutated(bench: Bench, mutation: Callable[[], None]) -> Outcome | list[str]:
    """The change by a program that was altered so that it dies; its outcome if it did not.

    Args:
        bench: The change.
        mutation: A function of a module's own, called in the process.
    """
    point = Point(shape="none", is_after=True)
    with _running(replace(errand_of(bench), point=point, mutation=mutation)) as (process, pipe):
        answer = _answer(pipe)
        process.join(60)
        return answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """A process that was stopped in the middle of its work."""

    process: SpawnProcess
    pipe: "Pipe[object, Outcome | list[str]]"

    def thaw(self) -> Outcome | list[str]:
        """It goes on; the outcome, if it came to one."""
        assert self.process.pid is not None
        os.kill(self.process.pid, signal.SIGCONT)
        return _answer(self.pipe)


@contextmanager
def frozen_under_lock(bench: Bench) -> Iterator[Frozen]:
    """The change has been run until it held the tables; there its process was stopped."""
    point = Point(shape="none", is_after=True)
    errand = replace(errand_of(bench), point=point, mutation=freeze_under_lock)
    with _running(errand) as (process, pipe):
        deadline = monotonic() + PATIENCE_SECONDS
        while not _is_stopped(process):
            assert process.is_alive(), _answer(pipe)
            assert monotonic() < deadline, "the tables were never locked"
            process.join(0.05)
        yield Frozen(process=process, pipe=pipe)


def freeze_under_lock() -> None:
    """From now on the program stops after its first LOCK TABLES."""
    send = Connection.query
    frozen = Event()

    def query(driver: "Connection[Cursor]", sql: object, unbuffered: bool = False) -> int:  # noqa: FBT001, FBT002  # the driver's own
        answer: int = send(driver, sql, unbuffered)
        if shape_of(sql).startswith("LOCK TABLES") and not frozen.is_set():
            frozen.set()
            os.kill(os.getpid(), signal.SIGSTOP)
        return answer

    Connection.query = query  # type: ignore[assignment, method-assign]  # the driver, not ours


def _is_stopped(process: SpawnProcess) -> bool:
    stat = Path(f"/proc/{process.pid}/stat").read_text()
    return stat.rpartition(")")[2].split()[0] == "T"


def errand_of(bench: Bench) -> Errand:
    """The bench's change, on record as begun."""
    bench.open_record()
    return Errand(
        params=params(bench.database),
        change_id=bench.run.change_id,
        statements=bench.run.statements,
        home=bench.run.home,
        epoch=bench.run.fence.epoch,
        instance=bench.run.instance,
        options=bench.options,
    )


@contextmanager
def _running(errand: Errand) -> Iterator[tuple[SpawnProcess, "Pipe[object, Outcome | list[str]]"]]:
    """The errand is being run; whatever is left of the process at the end is killed."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_run, args=(theirs, errand), daemon=True)
    process.start()
    theirs.close()
    try:
        yield process, ours
    finally:
        process.kill()
        process.join()


def _answer(pipe: "Pipe[object, Outcome | list[str]]") -> Outcome | list[str]:
    try:
        return pipe.recv()
    except EOFError:
        return []


def _run(pipe: "Pipe[object, object]", errand: Errand) -> None:
    if errand.mutation is not None:
        errand.mutation()
    watch = Watch(errand.point)
    engine = OnlineEngine(errand.params, options=errand.options)
    run = EngineRun(
        change_id=errand.change_id,
        place="the target",
        statements=errand.statements,
        fence=HeldLease(errand.epoch),
        home=errand.home,
        instance=errand.instance,
    )
    watch.install()
    outcome = engine.apply(run)
    match outcome:
        case Permanent(error=error) | Retryable(error=error) | Unknown(error=error):
            # Where it came from is lost in the pipe.
            print_exception(error)
        case _:
            pass
    pipe.send(outcome if errand.point is not None else sorted(watch.seen))


def points(shapes: Sequence[str]) -> list[Point]:
    """Before and after the first statement of each shape."""
    return [Point(shape=s, is_after=after) for s in shapes for after in (False, True)]
