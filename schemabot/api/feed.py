"""The newest picture of each watched apply, read once a second however many watch it (A-35)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import anyio

from schemabot.api.applies import entity_tag
from schemabot.api.schemas.progress import progress_answer
from schemabot.config.settings import Role
from schemabot.domain.ids import ApplyId
from schemabot.service.caller import Caller
from schemabot.service.picture import Picture
from schemabot.service.reporting import Reporting

POLL_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A picture, rendered once for all who watch it."""

    picture: Picture
    tag: str
    text: str


@dataclass(slots=True, kw_only=True)
class _Watched:
    """What was read last, and when by the monotonic clock."""

    lock: anyio.Lock
    watchers: int = 0
    shown: Shown | None = None
    read_at: float = 0.0


class Feed:
    """Shares reads among the streams of this process. Whoever asks first in a second reads.

    There is no task of its own: a stream that nobody drains reads nothing, and with the last stream
    of an apply its entry is gone.
    """

    def __init__(self, reporting: Reporting) -> None:
        self._reporting = reporting
        self._watched: dict[ApplyId, _Watched] = {}

    @property
    def streams(self) -> int:
        """How many streams are open."""
        return sum(watched.watchers for watched in self._watched.values())

    @contextmanager
    def watching(self, apply_id: ApplyId) -> Iterator[None]:
        """Counts a stream as long as it is open."""
        watched = self._watched.setdefault(apply_id, _Watched(lock=anyio.Lock()))
        watched.watchers += 1
        try:
            yield
        finally:
            watched.watchers -= 1
            if watched.watchers == 0:
                del self._watched[apply_id]

    async def newest(self, apply_id: ApplyId, *, caller: Caller) -> Shown:
        """A picture at most a poll old, for a caller who may see it.

        Raises:
            ApplyNotFound, RoleMissing, StorageUnavailable: nothing is known now.
        """
        watched = self._watched[apply_id]
        async with watched.lock:
            if watched.shown is None or anyio.current_time() - watched.read_at >= POLL_SECONDS:
                picture = await self._reporting.progress(apply_id, caller=caller)
                watched.shown = _shown(picture, watched.shown)
                watched.read_at = anyio.current_time()
        target = watched.shown.picture.apply.target
        caller.require_on(Role.READ, target.database, target.environment)
        return watched.shown


def _shown(picture: Picture, last: Shown | None) -> Shown:
    tag = entity_tag(picture)
    if last is not None and last.tag == tag:
        return last
    return Shown(picture=picture, tag=tag, text=progress_answer(picture).text())
