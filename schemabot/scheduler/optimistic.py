"""Optimistic dispatch: a slot and a permit, taken before the apply is created (Q-35 to Q-38).

reservation = pool.reserve()                  # None: create the normal way
with reservation:
... one transaction creates the apply and claims it for `reservation.owner` ...
reservation.hand_over(execution)          # after its commit; raises nothing
"""

from collections.abc import Callable
from types import TracebackType
from typing import Self

from schemabot.domain.execution import Claimer, Execution
from schemabot.scheduler.slots import Slot

Start = Callable[[Execution, Slot, float], None]


class Reservation:
    """A slot and a permit; leaving the block gives back what was not handed over, once."""

    def __init__(
        self,
        slot: Slot,
        *,
        claimer: Claimer,
        asked_at: float,
        start: Start,
        give_permit_back: Callable[[], None],
    ) -> None:
        self.claimer = claimer
        self._slot: Slot | None = slot
        self._asked_at = asked_at
        self._start = start
        self._give_permit_back: Callable[[], None] | None = give_permit_back

    def hand_over(self, execution: Execution) -> None:
        """Start driving what was created and claimed; the slot is the drive's from now on."""
        slot, self._slot = self._slot, None
        if slot is not None:
            self._start(execution, slot, self._asked_at)

    def release(self) -> None:
        """Give back what is still held; harmless when nothing is."""
        slot, self._slot = self._slot, None
        if slot is not None:
            slot.give_back()
        give_back, self._give_permit_back = self._give_permit_back, None
        if give_back is not None:
            give_back()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()
