"""Random histories of two workers on MariaDB and MySQL (Q-62)."""

import pytest

from schemabot.storage.database import Database
from schemabot.storage.storage import Storage
from tests.contracts.queue_machine import EAGER, STEPS_EACH, live
from tests.contracts.queue_world import same_view


@pytest.mark.timeout(300)
def test_random_histories_agree_with_the_model(database: Database) -> None:
    storage = Storage(database, retry=EAGER)
    assert live(storage, same_view(storage), histories=3) >= 3 * STEPS_EACH


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_ten_thousand_steps_agree_with_the_model(database: Database) -> None:
    storage = Storage(database, retry=EAGER)
    assert live(storage, same_view(storage), histories=210) >= 10_000
