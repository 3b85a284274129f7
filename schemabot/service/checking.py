"""Can this process do its work: storage answers and fits, the scheduler ticks (A-44)."""

from collections.abc import Callable
from dataclasses import dataclass

import anyio

from schemabot.offload import Offload
from schemabot.storage.storage import Storage
from schemabot.storage.upgrade import check_revision
from tern.errors import SchemaBotError

_PATIENCE_SECONDS = 2.0
OK = "ok"


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """Component -> `ok`, or what is wrong with it in words for people."""

    components: dict[str, str]

    @property
    def is_ready(self) -> bool:
        """Whether every component is well."""
        return all(word == OK for word in self.components.values())


class Checking:
    """Looks at the process's own parts; a component that can't be asked is not well."""

    def __init__(
        self,
        *,
        storage: Storage,
        threads: Offload,
        is_ticking: Callable[[], bool] | None = None,
    ) -> None:
        self._storage = storage
        self._threads = threads
        self._is_ticking = is_ticking

    async def readiness(self) -> Readiness:
        """What is well and what isn't; never raises for what it looks at."""
        components = {"storage": await self._storage_word()}
        if self._is_ticking is not None:
            components["scheduler"] = OK if self._is_ticking() else "it has not ticked lately"
        return Readiness(components=components)

    async def _storage_word(self) -> str:
        began = anyio.current_time()
        try:
            with anyio.fail_after(_PATIENCE_SECONDS):
                await self._threads.run(check_revision, self._storage.database)
        except TimeoutError:
            return "it did not answer in time"
        except SchemaBotError as error:
            return error.message
        # a thread can't be cancelled, so an answer that came late is told by the clock
        return OK if anyio.current_time() - began < _PATIENCE_SECONDS else "it answered late"
