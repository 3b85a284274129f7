"""LocalTern keeps a Tern's promises, over a scripted target and scripted engines."""

import pytest

from tests.contracts.tern import TernContract, TernInterruptionContract
from tests.support.scripted_world import ScriptedWorld


@pytest.fixture
def world() -> ScriptedWorld:
    return ScriptedWorld()


class TestLocalTern(TernContract):
    """Runs to their end."""


class TestInterruptedLocalTern(TernInterruptionContract):
    """Runs that end before it."""
