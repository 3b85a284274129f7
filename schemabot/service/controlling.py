"""Stop, start, cancel, cutover, take back, volume, revert: the request row, then a wake (A-22).

Any process answers; none does schema work here. What the engine never supports is refused at once;
whether a worker is there to serve the request is no reason to refuse it.
"""

from dataclasses import dataclass

from schemabot.config.settings import Role
from schemabot.domain.apply import Apply
from schemabot.domain.control import ControlAnswer, Operation
from schemabot.domain.errors import EnvironmentMismatch
from schemabot.domain.idempotency import StoredAnswer
from schemabot.domain.ids import ApplyId
from schemabot.offload import Offload
from schemabot.service.after_commit import AfterCommit
from schemabot.service.auditing import accepted
from schemabot.service.caller import Caller
from schemabot.service.dispatching import Dispatcher
from schemabot.service.engines import traits_of
from schemabot.service.once import Once
from schemabot.storage.storage import Storage


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlCommand:
    """What is asked of an apply; the environment is a guard, `value` is the volume."""

    apply_id: ApplyId
    environment: str
    operation: Operation
    value: int | None = None


class Controlling:
    """Control requests."""

    def __init__(
        self,
        *,
        storage: Storage,
        threads: Offload,
        dispatcher: Dispatcher,
        after_commit: AfterCommit,
    ) -> None:
        self._storage = storage
        self._threads = threads
        self._dispatcher = dispatcher
        self._after_commit = after_commit

    async def request(
        self, command: ControlCommand, *, caller: Caller, once: Once[ControlAnswer]
    ) -> StoredAnswer:
        """The durable answer.

        Raises:
            ApplyNotFound, RoleMissing, EnvironmentMismatch, OperationUnsupported: as named.
            ApplyTerminal, InvalidState, StopPending, RevertWindowClosed: not possible now.
        """
        caller.require(Role.APPLY)
        answer = await self._threads.run(
            once.write, self._storage, lambda: self._request(command, caller)
        )
        self._after_commit.post("wake", self._wake)
        return answer

    async def _wake(self) -> None:
        self._dispatcher.wake()

    def _request(self, command: ControlCommand, caller: Caller) -> ControlAnswer:
        apply = self._storage.applies.get(command.apply_id)
        _check(command, apply, caller)
        answer = self._storage.controls.request(
            command.apply_id, command.operation, caller=caller.subject, value=command.value
        )
        audit = accepted(caller, command.operation, apply_id=command.apply_id)
        self._storage.audit.append(audit)
        return answer


def _check(command: ControlCommand, apply: Apply, caller: Caller) -> None:
    target = apply.target
    caller.require_on(Role.APPLY, target.database, target.environment)
    if command.environment.lower() != target.environment.lower():
        raise EnvironmentMismatch(
            subject=apply.apply_id, expected=target.environment, given=command.environment
        )
    traits_of(target.type).check_operation(command.operation)
