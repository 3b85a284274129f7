"""The model against a storage, in histories that Hypothesis makes up and shrinks (Q-62)."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from schemabot.domain.retry import RetryPolicy
from schemabot.storage.storage import Storage
from tests.contracts.queue_model import MOVES, Model
from tests.contracts.queue_world import World, advance

STEPS_EACH = 50
EAGER = RetryPolicy(attempts=1000, delays=(timedelta(0),))


class TwoWorkers(RuleBasedStateMachine):
    """One history of one apply, on a target of its own.

    Args:
        judge: Reads outcomes; without any fault.
        storages: Worker -> the storage as its process sees it.
        numbers: Of the histories in this storage.
        steps: Has one more taken from it with each step.
    """

    def __init__(
        self,
        *,
        judge: Storage,
        storages: dict[str, Storage],
        numbers: Iterator[int],
        steps: Iterator[int],
    ) -> None:
        super().__init__()
        self._steps = steps
        self._model = Model()
        database = f"orders{next(numbers)}"
        self._world = World(judge=judge, storages=storages, database=database)

    @rule(move=st.sampled_from(MOVES))
    def one_more(self, move: tuple[str, str]) -> None:
        next(self._steps)
        self._model = advance(self._world, self._model, move)


def live(judge: Storage, storages: dict[str, Storage], *, histories: int) -> int:
    """Live through so many histories of `STEPS_EACH` steps; how many steps were taken.

    Raises:
        AssertionError: storage and model differ; Hypothesis prints the shortest history.
    """
    numbers, steps = count(), count()

    class Here(TwoWorkers):
        def __init__(self) -> None:
            super().__init__(judge=judge, storages=storages, numbers=numbers, steps=steps)

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=histories,
            stateful_step_count=STEPS_EACH,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    return next(steps)
