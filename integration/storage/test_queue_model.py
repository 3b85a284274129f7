"""Random histories of two workers on MariaDB and MySQL, and every short one (Q-62)."""

from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemabot.domain.retry import RetryPolicy
from schemabot.storage.database import Database
from schemabot.storage.storage import Storage
from tests.contracts.queue_model import MOVES, Model
from tests.contracts.queue_world import World, advance, same_view

EAGER = RetryPolicy(attempts=1000, delays=(timedelta(0),))
HISTORIES = st.lists(st.sampled_from(MOVES), min_size=15, max_size=40)
ROUGHLY = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]

_numbers = count()


def live(database: Database, moves: list[tuple[str, str]]) -> None:
    """Go through a history on a target of its own."""
    storage = Storage(database, retry=EAGER)
    views = same_view(storage)
    world = World(judge=storage, storages=views, database=f"orders{next(_numbers)}")
    model = Model()
    for move in moves:
        model = advance(world, model, move)


@pytest.mark.timeout(180)
@settings(max_examples=10, deadline=None, suppress_health_check=ROUGHLY)
@given(moves=HISTORIES)
def test_random_histories_agree_with_the_model(
    database: Database, moves: list[tuple[str, str]]
) -> None:
    live(database, moves)


@pytest.mark.long
@pytest.mark.timeout(3600)
@settings(max_examples=400, deadline=None, suppress_health_check=ROUGHLY)
@given(moves=HISTORIES)
def test_ten_thousand_steps_agree_with_the_model(
    database: Database, moves: list[tuple[str, str]]
) -> None:
    live(database, moves)
