"""A bell: rung any number of times before somebody hears it, it was rung once. Carries nothing."""

from dataclasses import dataclass, field
from datetime import timedelta

import anyio


class Bell:
    """Coalescing; rung and heard on the event loop."""

    def __init__(self) -> None:
        self._is_rung = anyio.Event()

    def ring(self) -> None:
        """Wake whoever waits now or next."""
        self._is_rung.set()

    async def wait(self) -> None:
        """Return once it has been rung since the last wait."""
        await self._is_rung.wait()
        self._is_rung = anyio.Event()

    async def heard_within(self, limit: timedelta) -> bool:
        """Whether it was rung before the time was over."""
        with anyio.move_on_after(limit.total_seconds()):
            await self.wait()
            return True
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Bells:
    """What a process may be nudged for: work may be due; requests may wait for owned applies."""

    work: Bell = field(default_factory=Bell)
    orders: Bell = field(default_factory=Bell)

    def ring(self) -> None:
        """Nudge for both."""
        self.work.ring()
        self.orders.ring()
