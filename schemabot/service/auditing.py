"""Audit rows as the use cases write them, in the transaction of the write itself (A-51)."""

from schemabot.config.settings import Role
from schemabot.domain.audit import AuditEntry, AuditFilter, NewAudit
from schemabot.domain.page import Page
from schemabot.offload import Offload
from schemabot.service.caller import Caller
from schemabot.storage.storage import Storage


def accepted(caller: Caller, action: str, **objects: str) -> NewAudit:
    """The row of an accepted write."""
    return NewAudit(
        subject=caller.subject,
        method=caller.method,
        action=action,
        outcome="accepted",
        address=caller.address,
        request_id=caller.request_id,
        objects=objects,
    )


class Auditing:
    """The trail itself: what was refused before any use case began, and reads for admins."""

    def __init__(self, *, storage: Storage, threads: Offload) -> None:
        self._storage = storage
        self._threads = threads

    async def append(self, new: NewAudit) -> None:
        """Store the row. Raises StorageUnavailable."""
        await self._threads.run(self._storage.audit.append, new)

    async def find(
        self, wanted: AuditFilter, *, caller: Caller, limit: int, cursor: str | None
    ) -> Page[AuditEntry]:
        """Rows, newest first. Raises RoleMissing."""
        caller.require(Role.ADMIN)
        return await self._threads.run(self._storage.audit.find, wanted, limit=limit, cursor=cursor)
