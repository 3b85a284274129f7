"""A write under an Idempotency-Key happens once; everybody who brings the key gets its answer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from schemabot.domain.idempotency import IdempotencyKey, StoredAnswer
from schemabot.storage.storage import Storage

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Once(Generic[Result]):
    """How a write's result becomes the answer that is stored with it.

    Attributes:
        key: None runs the write and stores no answer.
    """

    render: Callable[[Result], str]
    key: IdempotencyKey | None = None

    def write(
        self,
        storage: Storage,
        work: Callable[[], Result],
        *,
        confirm: Callable[[], Result | None] = lambda: None,
    ) -> StoredAnswer:
        """The answer of the first execution of this key, whoever ran it (A-7). Blocks.

        Args:
            storage: Whose stores `work` calls.
            work: Calls store methods; they, the key and the answer are committed together. It may
                run again after a deadlock.
            confirm: What was stored, when COMMIT went unanswered; a key finds it by itself.
        """
        if self.key is None:
            body = storage.database.write(
                lambda _: self.render(work()), confirm=lambda _: self._rendered(confirm())
            )
            return StoredAnswer(body=body, is_replay=False)
        return storage.idempotency.once(self.key, lambda: self.render(work()))

    def stored(self, storage: Storage) -> StoredAnswer | None:
        """The answer that the key has already, for work that comes before its transaction."""
        if self.key is None:
            return None
        try:
            return storage.idempotency.once(self.key, _nothing_yet)
        except _NothingYetError:
            return None

    def _rendered(self, result: Result | None) -> str | None:
        return None if result is None else self.render(result)


class _NothingYetError(Exception):
    """The key is free; raised inside its transaction so that nothing is stored."""


def _nothing_yet() -> str:
    raise _NothingYetError
