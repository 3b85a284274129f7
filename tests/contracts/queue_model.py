"""A model of one apply, two workers and everybody who asks something of it (Q-62).

The model is told in facts, not in columns: who holds a lease, whether it lives, what is asked. It
was written from the design, and knows nothing of how storage does it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

WORKERS = ("A", "B")
TERMINAL = frozenset({"completed", "cancelled"})
FORWARD = frozenset({"start"})
ENDING = frozenset({"stop", "cancel"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """The facts.

    Attributes:
        holder: Whose lease stands on the row, expired or not.
        lives: Whether it has not expired.
        held: Worker -> epoch of the lease that it believes to hold; 0 for none.
        ended: Epoch of the lease that ended last, whose holder may repeat its end.
        asked: Open requests.
    """

    state: str = "pending"
    holder: str | None = None
    lives: bool = False
    epoch: int = 0
    held: tuple[int, int] = (0, 0)
    ended: int = 0
    asked: frozenset[str] = frozenset()

    def is_current(self, worker: str) -> bool:
        return self.holder == worker and self.holds(worker) == self.epoch

    def holds(self, worker: str) -> int:
        return self.held[WORKERS.index(worker)]

    @property
    def shape(self) -> tuple[object, ...]:
        """What decides the future: how epochs relate, not how high they are or whose they are."""
        workers = sorted(
            (bool(epoch), epoch == self.epoch, epoch == self.ended, worker == self.holder)
            for worker, epoch in zip(WORKERS, self.held, strict=True)
        )
        return (
            self.state,
            self.lives,
            bool(self.epoch),
            tuple(workers),
            self.ended == self.epoch,
            self.asked,
        )


Step = tuple[Model, str]


def claim(model: Model, worker: str) -> Step:
    if not _is_due(model):
        return model, "nothing"
    held = list(model.held)
    held[WORKERS.index(worker)] = model.epoch + 1
    is_retry = model.state == "failed_retryable" and not model.asked & ENDING
    claimed = replace(
        model,
        state="pending" if is_retry else model.state,
        holder=worker,
        lives=True,
        epoch=model.epoch + 1,
        held=(held[0], held[1]),
    )
    return claimed, "claimed"


def _is_due(model: Model) -> bool:
    if model.state in TERMINAL:
        return False
    if model.holder is not None:
        return not model.lives
    return model.state != "stopped" or bool(model.asked)


def beat(model: Model, worker: str) -> Step:
    return model, "kept" if model.is_current(worker) and model.lives else "lost"


def expire(model: Model, _: str) -> Step:
    return replace(model, lives=False), "done"


def record(model: Model, worker: str) -> Step:
    """The engine accepted the work and runs."""
    if not model.is_current(worker):
        return model, "lost"
    is_started = "start" in model.asked and not model.asked & ENDING
    state = model.state
    if state == "pending" or (state == "stopped" and is_started):
        state = "running"
    asked = model.asked - FORWARD if is_started else model.asked
    return replace(model, state=state, asked=asked), state


def _end(model: Model, worker: str, change: Callable[[Model], Model]) -> Step:
    if model.holds(worker) and model.holds(worker) == model.ended:
        return model, model.state
    if not model.is_current(worker):
        return model, "lost"
    ended = replace(change(model), holder=None, lives=False, ended=model.epoch)
    settled = _at_rest(ended)
    return settled, settled.state


def _at_rest(model: Model) -> Model:
    """What can't be running any more is stopped if that is asked."""
    if model.state in TERMINAL:
        return replace(model, asked=frozenset())
    if "stop" in model.asked and model.state in {"pending", "failed_retryable"}:
        model = replace(model, state="stopped")
    asked = model.asked
    if model.state == "stopped":
        asked -= {"stop"}
    if model.state == "failed_retryable":
        asked -= FORWARD
    return replace(model, asked=asked)


def complete(model: Model, worker: str) -> Step:
    return _end(model, worker, lambda m: replace(m, state="completed"))


def cancelled(model: Model, worker: str) -> Step:
    return _end(model, worker, lambda m: replace(m, state="cancelled"))


def fail(model: Model, worker: str) -> Step:
    def failed(m: Model) -> Model:
        if m.state == "stopped":
            return replace(m, asked=m.asked - {"start", "cancel"})
        return replace(m, state="failed_retryable")

    return _end(model, worker, failed)


def stopped(model: Model, worker: str) -> Step:
    def at_rest(m: Model) -> Model:
        dropped = {"start", "cancel"} if m.state == "stopped" else {"start", "stop"}
        return replace(m, state="stopped", asked=m.asked - dropped)

    return _end(model, worker, at_rest)


def hand_back(model: Model, worker: str) -> Step:
    return _end(model, worker, lambda m: m)


def ask_stop(model: Model, _: str) -> Step:
    if "stop" in model.asked:
        return model, "already_requested"
    is_starting = "start" in model.asked
    if model.state == "stopped" and not is_starting and not model.asked:
        return model, "no_op"
    if model.state in TERMINAL or "cancel" in model.asked:
        return model, "refused"
    if model.holder is None and model.state in {"pending", "failed_retryable", "stopped"}:
        return replace(model, state="stopped", asked=frozenset()), "queued"
    return replace(model, asked=frozenset({"stop"})), "queued"


def ask_cancel(model: Model, _: str) -> Step:
    if "cancel" in model.asked:
        return model, "already_requested"
    if model.state == "cancelled":
        return model, "no_op"
    if model.state in TERMINAL:
        return model, "refused"
    if model.holder is None and not model.epoch:
        return replace(model, state="cancelled", asked=frozenset()), "queued"
    return replace(model, asked=frozenset({"cancel"})), "queued"


def ask_start(model: Model, _: str) -> Step:
    if "start" in model.asked:
        return model, "already_requested"
    if model.state == "running" and not model.asked & ENDING:
        return model, "no_op"
    is_possible = model.state in {"stopped", "failed_retryable"}
    if model.asked & ENDING or not is_possible:
        return model, "refused"
    return replace(model, asked=model.asked | {"start"}), "queued"


Move = Callable[[Model, str], Step]

BY_A_WORKER: dict[str, Move] = {
    "claim": claim,
    "beat": beat,
    "record": record,
    "complete": complete,
    "cancelled": cancelled,
    "fail": fail,
    "stopped": stopped,
    "hand_back": hand_back,
}
BY_ANYBODY: dict[str, Move] = {
    "expire": expire,
    "ask_stop": ask_stop,
    "ask_cancel": ask_cancel,
    "ask_start": ask_start,
}
MOVES: tuple[tuple[str, str], ...] = (
    *((name, worker) for name in BY_A_WORKER for worker in WORKERS),
    *((name, "") for name in BY_ANYBODY),
)


def step(model: Model, move: tuple[str, str]) -> Step:
    """The model after a move, and the answer that the mover gets."""
    name, worker = move
    return (BY_A_WORKER | BY_ANYBODY)[name](model, worker)
