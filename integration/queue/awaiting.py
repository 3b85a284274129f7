"""Waiting for rows, outside of an event loop."""

import threading
import time
from collections.abc import Callable

from schemabot.domain.apply import Apply
from schemabot.domain.ids import ApplyId
from schemabot.domain.states import ApplyState
from schemabot.storage.storage import Storage

_STEP_SECONDS = 0.01
_LIMIT_SECONDS = 120.0


def until(holds: Callable[[], object], *, within_seconds: float = _LIMIT_SECONDS) -> float:
    """Return once it holds, with the seconds that took; fail when it doesn't in time."""
    begun, never = time.monotonic(), threading.Event()
    while not holds():
        assert time.monotonic() - begun < within_seconds, f"not within {within_seconds} s"
        never.wait(_STEP_SECONDS)
    return time.monotonic() - begun


def until_in(
    storage: Storage, apply_id: ApplyId, *states: ApplyState, within_seconds: float = _LIMIT_SECONDS
) -> Apply:
    """The apply once it is in one of the states."""
    until(lambda: storage.applies.get(apply_id).state in states, within_seconds=within_seconds)
    return storage.applies.get(apply_id)


def until_claimed(storage: Storage, apply_id: ApplyId, *, epoch: int) -> None:
    """Return once it was claimed under this epoch; it may have ended since."""
    until(lambda: storage.applies.get(apply_id).lease_epoch >= epoch)
