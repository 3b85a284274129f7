"""Database locks: an agreement among people over all environments of a database (A-38, A-39)."""

from schemabot.config.settings import Role
from schemabot.domain.errors import InvalidField
from schemabot.domain.idempotency import StoredAnswer
from schemabot.domain.lock import DatabaseLock, NewLock
from schemabot.offload import Offload
from schemabot.service.auditing import accepted
from schemabot.service.caller import Caller
from schemabot.service.commands import LockCommand
from schemabot.service.once import Once
from schemabot.service.routing import Routes
from schemabot.storage.storage import Storage
from tern.values.target import DatabaseType


def lock_owner(caller: Caller, claimed: str | None) -> str:
    """`cli:<identity>`; without authentication the identity is what the client says."""
    who = claimed if caller.method == "loopback" and claimed else caller.subject
    return who if who.startswith(("cli:", "github:")) else f"cli:{who}"


class Locking:
    """Acquire, release, look."""

    def __init__(self, *, storage: Storage, threads: Offload, routes: Routes) -> None:
        self._storage = storage
        self._threads = threads
        self._routes = routes

    async def acquire(
        self, command: LockCommand, *, caller: Caller, once: Once[DatabaseLock]
    ) -> StoredAnswer:
        """The lock; asking again as its owner gives it as it stands.

        Raises:
            DatabaseLocked: somebody else holds it. DatabaseUnknown, RoleMissing: as named.
        """
        new = NewLock(
            database=self._checked(command, caller),
            database_type=command.type,
            owner=lock_owner(caller, command.owner),
            reason=command.reason,
        )
        return await self._threads.run(
            once.write, self._storage, lambda: self._acquire(new, caller)
        )

    async def release(
        self, command: LockCommand, *, caller: Caller, once: Once[DatabaseLock]
    ) -> StoredAnswer:
        """The lock that was removed.

        Raises:
            LockNotFound, LockNotOwned: nobody or somebody else holds it.
            RoleMissing: force by somebody who is no admin.
        """
        database = self._checked(command, caller)
        if command.force:
            caller.require_on(Role.ADMIN, database)
        return await self._threads.run(
            once.write, self._storage, lambda: self._release(command, database, caller)
        )

    async def get(self, database: str, kind: DatabaseType, *, caller: Caller) -> DatabaseLock:
        """The lock. Raises LockNotFound, RoleMissing."""
        caller.require_on(Role.READ, database)
        name = self._routes.spelled(database)
        return await self._threads.run(self._storage.locks.get, name, kind)

    async def list(self, *, caller: Caller) -> tuple[DatabaseLock, ...]:
        """The held locks that the caller may see."""
        locks = await self._threads.run(self._storage.locks.list)
        return tuple(lock for lock in locks if caller.sees(lock.database))

    def _checked(self, command: LockCommand, caller: Caller) -> str:
        caller.require(Role.APPLY)
        database, settings = self._routes.database(command.database, caller)
        caller.require_on(Role.APPLY, database)
        if settings.type is not command.type:
            problem = f"{database} is of type {settings.type} here, not {command.type}"
            raise InvalidField(fields=[("type", problem)])
        return database

    def _acquire(self, new: NewLock, caller: Caller) -> DatabaseLock:
        lock = self._storage.locks.acquire(new)
        audit = accepted(caller, "lock", database=new.database, owner=new.owner)
        self._storage.audit.append(audit)
        return lock

    def _release(self, command: LockCommand, database: str, caller: Caller) -> DatabaseLock:
        owner = lock_owner(caller, command.owner)
        lock = self._storage.locks.release(database, command.type, owner=owner, force=command.force)
        audit = accepted(caller, "unlock", database=database, owner=lock.owner, by=owner)
        self._storage.audit.append(audit)
        return lock
