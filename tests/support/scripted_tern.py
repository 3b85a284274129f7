"""A Tern without a target: it follows scripts, and keeps the port's promises while it does.

    tern = ScriptedTern()                      # every run: accepted, running, completed
    tern = ScriptedTern(fails(Deadlock(place="t")), completes())     # the first run, then the rest
    tern = ScriptedTern(waits_for_cutover())   # until somebody orders it, stops it or cancels it

A script is an async function of a `Stage`; write one where the ready ones don't fit. Runs are kept
in `tern.runs`: what was asked, which signals came, how it ended.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import anyio

from tern.client import Fence, Reporter, Signals
from tern.values.control import Signal, SignalKind
from tern.values.plan import PlanRequest, PlanResult, PulledSchema, PullRequest
from tern.values.progress import LogLine
from tern.values.run import Health, LogsRequest, Outcome, Work
from tests.support.scripts import Script, completes
from tests.support.stage import Stage

NOTHING_PLANNED = PlanResult(statements=())


@dataclass(slots=True, kw_only=True)
class Run:
    """One call of `run`, as it was seen from inside."""

    work: Work
    fence: Fence
    signals: list[Signal] = field(default_factory=list)
    outcome: Outcome | None = None
    error: BaseException | None = None
    is_over: anyio.Event = field(default_factory=anyio.Event)

    @property
    def signal_kinds(self) -> list[SignalKind]:
        return [signal.kind for signal in self.signals]


class ScriptedTern:
    """Follows one script per run; the last one serves all further runs."""

    def __init__(self, *scripts: Script, plan: PlanResult = NOTHING_PLANNED) -> None:
        self.planned = plan
        self.pulled = PulledSchema(tables={})
        self.plan_requests: list[PlanRequest] = []
        self.runs: list[Run] = []
        self.lines: list[LogLine] = []
        self._scripts: Sequence[Script] = scripts or (completes(),)

    @property
    def is_idle(self) -> bool:
        """Whether no run is going on."""
        return all(run.is_over.is_set() for run in self.runs)

    async def plan(self, request: PlanRequest) -> PlanResult:
        self.plan_requests.append(request)
        return self.planned

    async def pull(self, request: PullRequest) -> PulledSchema:
        wanted = request.namespaces or tuple(self.pulled.tables)
        return PulledSchema(
            tables={name: self.pulled.tables[name] for name in wanted if name in self.pulled.tables}
        )

    async def run(self, work: Work, *, fence: Fence, signals: Signals, report: Reporter) -> Outcome:
        run = Run(work=work, fence=fence)
        script = self._scripts[min(len(self.runs), len(self._scripts) - 1)]
        self.runs.append(run)
        stage = Stage(work=work, fence=fence, signals=signals, report=report, seen=run.signals)
        try:
            run.outcome = await script(stage)
        except BaseException as error:
            run.error = error
            raise
        finally:
            run.is_over.set()
        return run.outcome

    async def logs(self, request: LogsRequest) -> Sequence[LogLine]:
        return self.lines[-request.limit :]

    async def health(self) -> Health:
        return Health(status="ok", version="scripted")
