"""The same moves as the model's, made on a real storage, and what can be seen of it afterwards."""

from copy import copy
from dataclasses import dataclass, field, replace
from datetime import timedelta

from schemabot.domain.control import Operation, RequestStatus
from schemabot.domain.execution import Claimer, DriveEnd, Execution, HandedBack, Report
from schemabot.domain.ids import ApplyId
from schemabot.domain.scope import Scope
from schemabot.storage.storage import Storage
from tern.errors import Conflict, LeaseLost, ServerUnavailable
from tern.values.progress import TaskStatus
from tern.values.run import Completed, EndState, Retryable, Stopped
from tests.contracts.queue_model import WORKERS, Model, step
from tests.support.stored import a_target, let_expire, picture, report, store_apply, version_of

GONE = ServerUnavailable(place="orders/production", reason="refused")
AGES = timedelta(days=300)


@dataclass(kw_only=True)
class World:
    """One apply in storage.

    Attributes:
        storages: Worker -> the storage as its process sees it.
        judge: A storage without any fault, by which outcomes are read.
    """

    judge: Storage
    storages: dict[str, Storage]
    database: str = "orders"
    apply_id: ApplyId = field(init=False)
    version: object = None
    held: dict[str, Execution] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.apply_id = store_apply(self.judge, a_target(self.database)).apply_id

    def fork(self) -> "World":
        """The same world, for another future."""
        fork = copy(self)
        fork.held = dict(self.held)
        return fork

    def move(self, move: tuple[str, str]) -> str:
        """Make a move; the answer in the model's words."""
        name, worker = move
        match name:
            case "claim":
                return self._claim(worker)
            case "beat":
                return self._beat(worker)
            case "record":
                return self._record(worker)
            case "expire":
                let_expire_if_leased(self.judge, self.apply_id)
                return "done"
            case "ask_stop" | "ask_cancel" | "ask_start":
                return self._ask(Operation(name.removeprefix("ask_")))
            case _:
                return self._finish(worker, name)

    def _claim(self, worker: str) -> str:
        scopes = (Scope(database=self.database),)
        claimer = Claimer(owner=worker, term=AGES, scopes=scopes)
        executions = self.storages[worker].leases.claim(claimer, limit=1)
        if not executions:
            return "nothing"
        (self.held[worker],) = executions
        return "claimed"

    def _beat(self, worker: str) -> str:
        if worker not in self.held:
            return "lost"
        renewal = self.storages[worker].leases.renew([self.held[worker].lease], term=AGES)
        return "kept" if renewal.kept else "lost"

    def _record(self, worker: str) -> str:
        if worker not in self.held:
            return "lost"
        execution = self.held[worker]
        shown = report(execution, TaskStatus.RUNNING, sequence=_next_sequence())
        try:
            return self.storages[worker].leases.record(execution.lease, shown).state
        except LeaseLost:
            return "lost"

    def _finish(self, worker: str, name: str) -> str:
        if worker not in self.held:
            return "lost"
        execution = self.held[worker]
        done = picture(execution, TaskStatus.COMPLETED, sequence=_next_sequence())
        last = Report(progress=done) if name == "complete" else Report()
        try:
            return self.storages[worker].leases.finish(execution.lease, ENDS[name], last).state
        except LeaseLost:
            return "lost"

    def _ask(self, operation: Operation) -> str:
        try:
            answer = self.judge.controls.request(self.apply_id, operation, caller="ada")
        except Conflict:
            return "refused"
        return answer.status

    def is_unchanged(self) -> bool:
        """Whether the row has the version that it had when this was asked last."""
        before, self.version = self.version, version_of(self.judge, self.apply_id)
        return before == self.version

    def seen(self) -> tuple[object, ...]:
        """State, holder, epoch and open requests, as anybody reads them."""
        apply = self.judge.applies.get(self.apply_id)
        requests = self.judge.controls.list(self.apply_id)
        asked = {row.operation.value for row in requests if row.status is RequestStatus.PENDING}
        return apply.state.value, apply.lease_owner, apply.lease_epoch, frozenset(asked)


ENDS: dict[str, DriveEnd] = {
    "complete": Completed(),
    "cancelled": Completed(end=EndState.CANCELLED),
    "fail": Retryable(error=GONE),
    "stopped": Stopped(),
    "hand_back": HandedBack(),
}

_sequences = iter(range(1, 10**9))


def _next_sequence() -> int:
    return next(_sequences)


def let_expire_if_leased(storage: Storage, apply_id: ApplyId) -> None:
    """Move the lease's times into the past; other times stay."""
    if storage.applies.get(apply_id).lease_owner is not None:
        let_expire(storage, apply_id, by=-2 * AGES)


def advance(world: World, model: Model, move: tuple[str, str]) -> Model:
    """Make the move in both; they agree on the answer and on everything that can be seen."""
    after, expected = step(model, move)
    answer = world.move(move)
    assert answer == expected, f"{move} in {model}: {answer}, not {expected}"
    if world.is_unchanged():
        assert after == replace(model, lives=after.lives), f"{move} in {model} changed nothing"
        return after
    seen = (after.state, after.holder, after.epoch, after.asked)
    assert world.seen() == seen, f"{move} in {model}"
    broken = world.judge.sweeps.check_invariants()
    assert broken == (), f"{move} in {model}: {broken}"
    return after


def same_view(storage: Storage) -> dict[str, Storage]:
    """Every worker's process sees the storage as it is."""
    return dict.fromkeys(WORKERS, storage)
