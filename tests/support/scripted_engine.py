"""An engine that does what a test scripted, and obeys the engine port while it does it."""

from threading import Event

from tern.engine.port import Capabilities, CutoverOrder, EngineRun, StopKind
from tern.errors import LeaseLost, SchemaBotError, WrongState
from tern.local.steps import Route
from tern.values.progress import TaskProgress, TaskStatus
from tern.values.run import Completed, EndState, Outcome, Permanent, Retryable, Stopped, Unknown
from tests.support.scripted_target import Act, ScriptedTarget, Stand

DIRECT = Capabilities(
    name="direct",
    stop=True,
    cancel=True,
    defer_cutover=False,
    take_back=False,
    revert=False,
    volume=False,
    atomic_group=False,
)
ONLINE = Capabilities(
    name="online",
    stop=True,
    cancel=True,
    defer_cutover=True,
    take_back=True,
    revert=False,
    volume=True,
    atomic_group=True,
)
CAPABILITIES = {Route.DIRECT: DIRECT, Route.ONLINE: ONLINE}
PATIENCE_SECONDS = 20


class ScriptedEngine:
    """One run; the acts of its first table say what it does."""

    def __init__(self, target: ScriptedTarget, capabilities: Capabilities) -> None:
        self._target = target
        self._capabilities = capabilities
        self._asked: StopKind | None = None
        self._changed = Event()
        self._ordered = False
        self._waits = False
        self._tasks: tuple[TaskProgress, ...] = ()
        self.volumes: list[int] = []
        self.was_applied = False

    @property
    def capabilities(self) -> Capabilities:
        return self._capabilities

    def has_checkpoint(self, run: EngineRun) -> bool:
        return any(each.task_id in self._target.checkpoints for each in run.statements)

    def apply(self, run: EngineRun) -> Outcome:
        self.was_applied = True
        self._show(run)
        acts = self._target.acts[run.statements[0].table]
        act: Act = acts.popleft() if acts else runs()
        if self._asked is not None:
            return self._rest()
        self._target.check(run.fence.epoch, run.instance)
        return act(
            Stand(
                target=self._target,
                run=run,
                rest=self._rest,
                wait=self._wait,
                show=lambda **changes: self._show(run, **changes),
                is_released=lambda: self._ordered,
            )
        )

    def progress(self) -> tuple[TaskProgress, ...]:
        return self._tasks

    def stop(self, kind: StopKind) -> None:
        if self._asked is None or kind is not StopKind.STOP:
            self._asked = kind
        self._changed.set()

    def cutover(self, order: CutoverOrder) -> None:
        if not self._waits:
            raise WrongState(asked=f"cutover ({order})", reason="it does not wait for one")
        self._ordered = order is not CutoverOrder.TAKE_BACK
        self._changed.set()

    def volume(self, level: int) -> int | None:
        self.volumes.append(level)
        return self.volumes[-2] if len(self.volumes) > 1 else 3

    def _rest(self) -> Outcome:
        match self._asked:
            case StopKind.ABANDON:
                raise LeaseLost(subject="the run", reason="abandoned")
            case StopKind.CANCEL:
                return Completed(end=EndState.CANCELLED)
            case _:
                return Stopped()

    def _wait(self) -> bool:
        """Until something is asked; whether it is to rest."""
        assert self._changed.wait(PATIENCE_SECONDS), "nobody asked anything of a waiting engine"
        self._changed.clear()
        return self._asked is not None

    def _show(
        self, run: EngineRun, status: TaskStatus = TaskStatus.RUNNING, *, rows: int = 0
    ) -> None:
        self._waits = status is TaskStatus.WAITING_FOR_CUTOVER
        self._tasks = tuple(
            TaskProgress(task_id=each.task_id, status=status, rows_copied=rows)
            for each in run.statements
        )


def runs() -> Act:
    """The statements take effect."""

    def act(stand: Stand) -> Outcome:
        for statement in stand.run.statements:
            stand.target.run(statement)
        return Completed()

    return act


def fails(error: SchemaBotError) -> Act:
    """For good."""
    return lambda stand: Permanent(error=error, task_id=stand.run.statements[0].task_id)


def fails_for_now(error: SchemaBotError) -> Act:
    """Retryably."""
    return lambda stand: Retryable(error=error, task_id=stand.run.statements[0].task_id)


def loses_track(error: SchemaBotError, *, takes_effect: bool) -> Act:
    """Nobody knows; the target does."""

    def act(stand: Stand) -> Outcome:
        if takes_effect:
            runs()(stand)
        return Unknown(error=error, task_id=stand.run.statements[0].task_id)

    return act


def breaks() -> Act:
    """A bug, with a secret in its text."""

    def act(stand: Stand) -> Outcome:
        raise ZeroDivisionError(f"hunter2 on {stand.target.epoch}")

    return act


def hangs() -> Act:
    """Until it is told to rest; then nothing has happened."""

    def act(stand: Stand) -> Outcome:
        while not stand.wait():
            pass
        return stand.rest()

    return act


def holds() -> Act:
    """Copies, waits for its cutover, and swaps when it is ordered to."""

    def act(stand: Stand) -> Outcome:
        stand.target.checkpoints |= {each.task_id for each in stand.run.statements}
        stand.show(status=TaskStatus.WAITING_FOR_CUTOVER, rows=100)
        while not stand.is_released():
            if stand.wait():
                return stand.rest()
        stand.target.checkpoints -= {each.task_id for each in stand.run.statements}
        return runs()(stand)

    return act
