"""Attempt by attempt until the statement has run: look, let others finish, ask, run, look."""

from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic

from tern.engine.definition import Standing, read_standing, stale_plan
from tern.engine.direct.blocking import find_blockers
from tern.engine.direct.job import Job, Lost
from tern.engine.direct.statements import lock_wait, text_for, ways
from tern.engine.fence.lease_margin import LeaseMargin
from tern.engine.fence.session import FencedSession
from tern.errors import CopyNeeded, Deadlock, LockWaitTimeout, ServerUnavailable, StatementRejected
from tern.mysql.error_codes import is_algorithm_refused, text_of
from tern.values.run import Completed, Outcome

_LOOK_AGAIN_SECONDS = 1.0


@dataclass(slots=True)
class _Waits:
    """What the attempts so far came to."""

    since: float = field(default_factory=monotonic)
    blockers: tuple[str, ...] = ()

    def error(self, table: str) -> LockWaitTimeout:
        waited = timedelta(seconds=round(monotonic() - self.since))
        return LockWaitTimeout(table=table, waited=waited, blockers=self.blockers)


class Attempts:
    """Carries one statement out on one fenced session."""

    def __init__(self, job: Job, fenced: FencedSession) -> None:
        self._job = job
        self._fenced = fenced
        self._connection = fenced.connection
        self._margin = LeaseMargin(job.run.fence, term=job.run.lease_term)
        self._ways = list(ways(job.statement, self._connection.flavor))
        self._refusal = "no other way was planned"
        self._waits = _Waits()

    def make(self) -> Outcome | Lost:
        """Until the statement has run, can't run, or the run is asked to rest.

        Raises:
            StalePlan: the table is neither as planned from nor as desired.
            CopyNeeded: the server now takes none of the ways without copying rows.
            LockWaitTimeout: all attempts were spent.
            SchemaBotError: whatever else the server said; the statement did not happen.
        """
        self._connection.enter(self._job.statement.schema)
        for attempt in range(1, self._job.pacing.attempts + 1):
            try:
                ended = self._attempt(attempt)
            except (LockWaitTimeout, Deadlock):
                ended = None
            if ended is not None:
                return ended
            self._stay_away(attempt)
            if self._job.orders.stopping.is_set():
                return self._job.orders.rest()
        raise self._waits.error(self._job.table)

    def _attempt(self, attempt: int) -> Outcome | Lost | None:
        """None: it did not come to run this time."""
        seconds = int(self._job.pacing.lock_wait(attempt).total_seconds())
        self._connection.execute(lock_wait(seconds))
        found = self._look()
        if found is not None:
            return found
        self._waits.blockers = find_blockers(self._connection, self._job, attempt=attempt)
        self._show("lock", attempt)
        if self._waits.blockers:
            return None
        need = self._job.pacing.lease_need(attempt)
        if not self._margin.wait(need, stopping=self._job.orders.stopping):
            return self._job.orders.rest()
        self._fenced.check()
        return self._run(attempt)

    def _look(self) -> Outcome | None:
        """The outcome where no DDL is to be sent; None where the table is as planned from."""
        match read_standing(self._connection, self._job.statement):
            case Standing.DESIRED | Standing.BOTH:
                return self._completed("already in place")
            case Standing.BASE:
                return None
            case Standing.NEITHER:
                change = "somebody changed it since the plan"
                raise stale_plan(self._job.statement, change=change)

    def _run(self, attempt: int) -> Outcome | Lost:
        """Send the DDL by the best way that the server still takes."""
        for way in tuple(self._ways):
            self._show("ddl", attempt)
            try:
                self._connection.execute(text_for(self._job.statement, way), table=self._job.table)
            except ServerUnavailable as error:
                return Lost(error=error)
            except StatementRejected as error:
                self._rule_out(way, error)
            else:
                return self._verified(way)
        raise CopyNeeded(table=self._job.table, reason=self._refusal)

    def _rule_out(self, way: str, error: StatementRejected) -> None:
        """Never try this way again; an error that is about the statement itself is raised."""
        if not is_algorithm_refused(error):
            raise error
        self._refusal = text_of(error)
        self._ways.remove(way)

    def _verified(self, way: str) -> Outcome | Lost:
        """Completed only if the server's own text says so."""
        try:
            standing = read_standing(self._connection, self._job.statement)
        except ServerUnavailable as error:
            return Lost(error=error)
        if standing in {Standing.DESIRED, Standing.BOTH}:
            return self._completed(f"by {way}" if way else "run")
        change = "the statement ran, but what the server then shows is not what the plan proved"
        raise stale_plan(self._job.statement, change=change)

    def _completed(self, how: str) -> Completed:
        self._job.snapshot.complete({"how": how})
        return Completed()

    def _stay_away(self, attempt: int) -> None:
        """Let others at the table; known blockers are watched, and their end ends the pause."""
        deadline = monotonic() + self._job.pacing.pause(attempt).total_seconds()
        self._show("waiting", attempt)
        while (left := deadline - monotonic()) > 0:
            if self._job.orders.stopping.wait(min(left, _LOOK_AGAIN_SECONDS)):
                return
            if self._waits.blockers:
                self._waits.blockers = find_blockers(self._connection, self._job, attempt=attempt)
                self._show("waiting", attempt)
                if not self._waits.blockers:
                    return

    def _show(self, phase: str, attempt: int) -> None:
        blockers = "; ".join(self._waits.blockers)
        detail = {"blockers": blockers} if blockers else {}
        self._job.snapshot.phase(phase, attempts=attempt, detail=detail)
