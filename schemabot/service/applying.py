"""A plan and consent -> an apply in the queue, or the first reason why not (A-19, Q-1 to Q-6).

Every check and the rows are one transaction on one thread. By the time of the answer apply and
tasks are committed, no engine was called, and nothing after the commit can turn the answer into an
error: a hand-over that fails hands the lease back, a wake that is lost costs one poll interval.
"""

from functools import partial

import anyio

from schemabot.config.settings import Role
from schemabot.domain.apply import NewApply
from schemabot.domain.errors import ApplyNotFound
from schemabot.domain.execution import Execution
from schemabot.domain.idempotency import StoredAnswer
from schemabot.domain.ids import mint_apply_id
from schemabot.offload import Offload
from schemabot.service.admission import Admission, ApplyCommand
from schemabot.service.after_commit import AfterCommit
from schemabot.service.auditing import accepted
from schemabot.service.caller import Caller
from schemabot.service.dispatching import Dispatcher, Slot
from schemabot.service.once import Once
from schemabot.service.views import Accepted
from schemabot.storage.storage import Storage
from tern.errors import Transient


class Applying:
    """Admission to the queue."""

    def __init__(
        self,
        *,
        storage: Storage,
        threads: Offload,
        dispatcher: Dispatcher,
        after_commit: AfterCommit,
        admission: Admission,
    ) -> None:
        self._storage = storage
        self._threads = threads
        self._dispatcher = dispatcher
        self._after_commit = after_commit
        self._admission = admission

    async def apply(
        self, command: ApplyCommand, *, caller: Caller, once: Once[Accepted]
    ) -> StoredAnswer:
        """The answer about the accepted apply, committed.

        Raises: the first check that fails, in the order of A-19; nothing is stored then.
        """
        caller.require(Role.APPLY)
        # from here on the request's end must not part the rows from their drive
        with anyio.CancelScope(shield=True), self._dispatcher.reserve() as slot:
            attempt = _Attempt(self._storage, self._admission, command, caller=caller, slot=slot)
            answer = await self._threads.run(attempt.write, once)
            if slot is not None and attempt.execution is not None and not answer.is_replay:
                self._after_commit.do("hand_over", partial(slot.hand_over, attempt.execution))
        self._after_commit.post("wake", self._wake)
        return answer

    async def _wake(self) -> None:
        self._dispatcher.wake()


class _Attempt:
    """One request's way into the queue, on one thread."""

    def __init__(
        self,
        storage: Storage,
        admission: Admission,
        command: ApplyCommand,
        *,
        caller: Caller,
        slot: Slot | None,
    ) -> None:
        self._storage = storage
        self._admission = admission
        self._command = command
        self._caller = caller
        self._slot = slot
        self._apply_id = mint_apply_id()
        self.execution: Execution | None = None

    def write(self, once: Once[Accepted]) -> StoredAnswer:
        """The answer; with a slot the fast way first, and the other one once if that fails."""
        try:
            return once.write(self._storage, self._create, confirm=self._confirm)
        except Transient:
            if self._slot is None:
                raise
            self._slot = self.execution = None
        return once.write(self._storage, self._created_already, confirm=self._confirm)

    def _created_already(self) -> Accepted:
        """The first way's rows, should its commit have come through after all, or new ones."""
        return self._confirm() or self._create()

    def _create(self) -> Accepted:
        at_hand, route = self._admission.check(self._command, caller=self._caller)
        new = NewApply(
            apply_id=self._apply_id,
            plan=at_hand.plan,
            options=self._command.options,
            caller=self._caller.subject,
            lane=route.lane,
            traceparent=self._command.traceparent,
        )
        self.execution = None
        if self._slot is None:
            apply = self._storage.applies.create(new, at_hand=at_hand)
        else:
            apply, self.execution = self._storage.applies.create_and_claim(
                new, self._slot.claimer, at_hand=at_hand
            )
        audit = accepted(self._caller, "apply", apply_id=apply.apply_id, plan_id=new.plan.plan_id)
        self._storage.audit.append(audit)
        return Accepted(apply=apply, started=self.execution is not None)

    def _confirm(self) -> Accepted | None:
        try:
            apply = self._storage.applies.get(self._apply_id)
        except ApplyNotFound:
            return None
        return Accepted(apply=apply, started=self.execution is not None)
