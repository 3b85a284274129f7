"""Since when single keys are refused because somebody holds their rows (E-18)."""

from collections.abc import Hashable, Sequence
from threading import Lock
from time import monotonic

from tern.binlog.watched_table import Key


class Refusals:
    """The keys of one table that could not be had; any thread may note."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._since: dict[Hashable, float] = {}

    def note(self, key: Hashable) -> None:
        """It was refused, for the first time or again."""
        with self._lock:
            self._since.setdefault(key, monotonic())

    def clear(self, key: Hashable) -> None:
        """It was had, or is not asked for any more."""
        with self._lock:
            self._since.pop(key, None)

    def first_other(self, keys: Sequence[Key]) -> Key:
        """The first key that was not refused, so that one holder is not waited for at every try."""
        with self._lock:
            return next((key for key in keys if key not in self._since), keys[0])

    @property
    def seconds(self) -> float:
        """For how long the oldest has been refused."""
        with self._lock:
            return monotonic() - min(self._since.values()) if self._since else 0.0
