"""A target in memory, with the record and the fence of a real one: what `tern.local` stands on."""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tern.client import Fence
from tern.engine.definition import Standing
from tern.engine.fence.claimant import Claimant
from tern.engine.fence.record import TaskState
from tern.engine.port import EngineRun
from tern.errors import LeaseLost, SchemaBotError, StaleEpoch, TargetBusy
from tern.local.site import Note, Survey, is_finished
from tern.values.run import Outcome, Work, WorkStatement

PLACE = "scripted:3306"
Name = tuple[str, str]
"""Schema and table."""


@dataclass(slots=True)
class ScriptedTarget:
    """Tables as texts, who may change them, and what has changed them.

    Attributes:
        effects: DDL that took effect, in order: what a binary log would show.
        acts: Table -> what engines do there, one act a run; then they simply run the statement.
        failures: Raised by the next attempts to take the target, one each.
    """

    tables: dict[Name, str] = field(default_factory=dict)
    effects: list[str] = field(default_factory=list)
    acts: dict[str, deque["Act"]] = field(default_factory=lambda: defaultdict(deque))
    failures: deque[SchemaBotError] = field(default_factory=deque)
    checkpoints: set[str] = field(default_factory=set)
    notes: list[Note] = field(default_factory=list)
    tasks: dict[str, TaskState] = field(default_factory=dict)
    epoch: int = 0
    instance: int = 0
    stranger: str | None = None

    def run(self, statement: WorkStatement) -> None:
        """The statement takes effect."""
        self.effects.append(statement.ddl)
        name = (statement.schema, statement.table)
        if statement.desired is None:
            del self.tables[name]
        else:
            self.tables[name] = statement.desired

    def standing(self, statement: WorkStatement) -> Standing:
        """What the statement's table is equal to."""
        live = self.tables.get((statement.schema, statement.table))
        is_base, is_desired = live == statement.base, live == statement.desired
        if is_base:
            return Standing.BOTH if is_desired else Standing.BASE
        return Standing.DESIRED if is_desired else Standing.NEITHER

    def check(self, epoch: int, instance: int) -> None:
        """Refuse whoever is not the newest."""
        if (self.epoch, self.instance) != (epoch, instance):
            raise StaleEpoch(place=PLACE, ours=epoch, found=self.epoch)


Act = Callable[["Stand"], Outcome]


@dataclass(slots=True, kw_only=True)
class Stand:
    """Where an act takes place: the target, the run, and the engine's ear and mouth."""

    target: ScriptedTarget
    run: EngineRun
    rest: Callable[[], Outcome]
    wait: Callable[[], bool]
    show: Callable[..., None]
    is_released: Callable[[], bool]


class ScriptedSite:
    """One run on the scripted target; see `tern.local.site.Site`."""

    def __init__(self, target: ScriptedTarget) -> None:
        self._target = target
        self._is_cut = False

    @property
    def place(self) -> str:
        return PLACE

    def take(self, work: Work, *, fence: Fence) -> Survey:
        self._check()
        target = self._target
        if target.failures:
            raise target.failures.popleft()
        if target.epoch > fence.epoch:
            raise StaleEpoch(place=PLACE, ours=fence.epoch, found=target.epoch)
        target.instance = target.instance + 1 if target.epoch == fence.epoch else 0
        target.epoch = fence.epoch
        if target.stranger is not None:
            raise TargetBusy(place=PLACE, holder=target.stranger)
        claimant = Claimant(
            apply_id=work.apply_id,
            home=work.statements[0].schema,
            epoch=target.epoch,
            instance=target.instance,
        )
        return Survey(
            claimant=claimant,
            recorded=dict(target.tasks),
            standings=self._standings(work.statements),
        )

    def note(self, claimant: Claimant, note: Note) -> None:
        self._check()
        self._target.check(claimant.epoch, claimant.instance)
        self._target.tasks = dict(note.tasks)
        self._target.notes.append(note)

    def cut(self) -> None:
        self._is_cut = True

    def _standings(self, statements: Iterable[WorkStatement]) -> dict[str, Standing]:
        return {
            each.task_id: self._target.standing(each)
            for each in statements
            if not is_finished(each)
        }

    def _check(self) -> None:
        if self._is_cut:
            raise LeaseLost(subject=PLACE, reason="the run was told to leave the target")
