"""One online change on a real server, run by the engine itself, with everything at hand."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from threading import Event, Thread  # noqa: TID251  # a test's own
from time import monotonic
from uuid import uuid4

from integration.databases import Database
from integration.tern.desk import params, statements
from tern.ddl.create_table import parse_create_table
from tern.engine.fence.record import Entry, open_record
from tern.engine.online.engine import OnlineEngine
from tern.engine.online.options import OnlineOptions
from tern.engine.online.throttle.options import MaxLoad, ThrottleOptions
from tern.engine.port import EngineRun
from tern.errors import LeaseLost
from tern.lint.unsafe import unsafe_reasons
from tern.mysql.connect import connect
from tern.mysql.session import plain_session
from tern.values.plan import Verdict
from tern.values.progress import TaskProgress
from tern.values.run import Outcome, RunOptions, WorkStatement
from tests.support.caller import HeldLease

PATIENCE_SECONDS = 60
QUICK = OnlineOptions(settle_for=timedelta(milliseconds=300))
UNHELD = ThrottleOptions(max_load=MaxLoad(threads=10**6, commit=timedelta(hours=1), history=10**12))
"""For runs that are to get on with it, however busy the machine is."""


@dataclass(slots=True)
class Bench:
    """A change of some tables; each `again` is a later claim of the same work."""

    database: Database
    run: EngineRun
    options: OnlineOptions = QUICK
    engine: OnlineEngine = field(init=False)
    outcome: Outcome | None = None
    lost: LeaseLost | None = None
    _thread: Thread | None = None

    def __post_init__(self) -> None:
        self.engine = OnlineEngine(params(self.database), options=self.options)

    def apply(self) -> Outcome:
        """To its outcome, on this thread."""
        self.open_record()
        return self.engine.apply(self.run)

    def open_record(self) -> None:
        """What a data plane does before it calls an engine."""
        entry = Entry(
            apply_id=self.run.change_id,
            home=self.run.home,
            epoch=self.run.fence.epoch,
            work="{}",
        )
        with connect(params(self.database), session=plain_session) as connection:
            opened = open_record(connection, entry)
        self.run = replace(self.run, instance=opened.claimant.instance)

    @contextmanager
    def running(self) -> Iterator["Bench"]:
        """Under way on a thread of its own; joined at the end of the block."""
        self.open_record()

        def work() -> None:
            try:
                self.outcome = self.engine.apply(self.run)
            except LeaseLost as lost:
                self.lost = lost

        self._thread = Thread(target=work, name="bench")  # a test's own
        self._thread.start()
        try:
            yield self
        finally:
            self.join()

    def join(self) -> Outcome | None:
        """Wait for the end of the run."""
        if self._thread is not None:
            self._thread.join(PATIENCE_SECONDS)
            assert not self._thread.is_alive(), f"the run hangs: {self.engine.progress()}"
        return self.outcome

    def until(self, is_reached: Callable[[TaskProgress], bool]) -> None:
        """Wait until the first table's progress is so."""
        deadline = monotonic() + PATIENCE_SECONDS
        while monotonic() < deadline:
            shown = self.engine.progress()
            if shown and is_reached(shown[0]):
                return
            assert self._thread is None or self._thread.is_alive(), f"it ended: {self.outcome}"
            Event().wait(0.02)
        raise AssertionError(self.engine.progress())

    def again(self) -> "Bench":
        """The same work under a newer claim, as after a crash."""
        fence = HeldLease(self.run.fence.epoch + 1)
        return Bench(self.database, replace(self.run, fence=fence), self.options)


def _named(statement: WorkStatement) -> WorkStatement:
    """The statement with what a plan says of its losses."""
    base, desired = (
        parse_create_table(statement.base or ""),
        parse_create_table(statement.desired or ""),
    )
    return replace(statement, unsafe_reasons=unsafe_reasons(base, desired))


def bench(
    database: Database,
    *changes: tuple[str, str],
    options: OnlineOptions = QUICK,
    **run_options: object,
) -> Bench:
    """A change of `(table, ALTER)`s, with texts from a twin schema where they were run.

    The plan named every loss; whether it is agreed to is the option `allow_unsafe`.
    """
    made = [
        _named(each)
        for each in statements(database, *((table, ddl, Verdict.COPY) for table, ddl in changes))
    ]
    run = EngineRun(
        change_id=f"apply-{uuid4().hex[:12]}",
        place="the target",
        statements=tuple(made),
        fence=HeldLease(),
        options=RunOptions(**run_options),  # type: ignore[arg-type]  # its own fields
        home=database.name,
    )
    return Bench(database, run, options)
