"""The Queue over this process's own storage."""

from collections.abc import Sequence
from datetime import timedelta

from schemabot.domain.execution import (
    Claimer,
    DriveEnd,
    Execution,
    Recorded,
    Renewal,
    Report,
)
from schemabot.domain.lease import Lease
from schemabot.domain.scope import EVERYTHING, Scope
from schemabot.offload import Offload
from schemabot.storage.storage import Storage


class StoredQueue:
    """Claims, beats, reports and outcomes as guarded transactions on threads."""

    def __init__(
        self,
        storage: Storage,
        *,
        threads: Offload,
        term: timedelta,
        scopes: tuple[Scope, ...] = EVERYTHING,
    ) -> None:
        self._leases = storage.leases
        self._threads = threads
        self._term = term
        self._scopes = scopes

    async def claim(self, *, slots: int, owner: str) -> tuple[Execution, ...]:
        """The next due apply, alone: it starts before the next one is looked for."""
        claimer = Claimer(owner=owner, term=self._term, scopes=self._scopes)
        return await self._threads.run(self._leases.claim, claimer, limit=min(slots, 1))

    def renew(self, leases: Sequence[Lease], *, term: timedelta) -> Renewal:
        """As the port says; on the beating thread."""
        return self._leases.renew(leases, term=term)

    async def record(self, lease: Lease, report: Report) -> Recorded:
        """As the port says."""
        return await self._threads.run(self._leases.record, lease, report)

    async def finish(self, lease: Lease, end: DriveEnd, report: Report) -> Recorded:
        """As the port says."""
        return await self._threads.run(self._leases.finish, lease, end, report)
