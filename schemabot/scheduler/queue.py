"""The Queue port: how a worker gets work, keeps it, reports on it and gives it back (W-2, W-6).

Two real implementations: `stored_queue` over this process's storage, and one over a controller's
HTTP API for processes without storage access. Out of every method come only the values of
`domain.execution` and the errors LeaseLost, Transient, Forbidden and InvalidRequest.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from schemabot.domain.execution import DriveEnd, Execution, Recorded, Renewal, Report
from schemabot.domain.lease import Lease


class Queue(Protocol):
    """Claims, beats, reports and outcomes of claimed applies."""

    async def claim(self, *, slots: int, owner: str) -> tuple[Execution, ...]:
        """At most `slots` applies, each under a fresh lease; empty when nothing is due.

        Transaction: one READ COMMITTED transaction per apply, committed before return.
        """
        ...

    def renew(self, leases: Sequence[Lease], *, term: timedelta) -> Renewal:
        """Extend leases from the database's now, all in one statement (Q-25).

        Sync: called by the beating thread alone, on a connection of its own.

        Raises:
            Transient: nothing is known; beat again while the trust window lasts.
        """
        ...

    async def record(self, lease: Lease, report: Report) -> Recorded:
        """Store a report under the lease; apply state is derived from the tasks (Q-11, Q-22).

        Raises:
            LeaseLost: a successful read shows another token; nothing was written.
        """
        ...

    async def finish(self, lease: Lease, end: DriveEnd, report: Report) -> Recorded:
        """Store a drive's end and release the lease, in one transaction (Q-45).

        Repeating it after a lost answer gives the first answer (Q-29).

        Raises:
            LeaseLost: somebody else has claimed it since; nothing was written.
        """
        ...
