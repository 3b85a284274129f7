"""The port between accepting an apply and driving it: a nudge, and a free slot if there is one.

The queue is the storage; neither is needed for an accepted apply to run. The scheduler of this
process implements the port; `NoDispatcher` stands for a process that has none.
"""

from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from schemabot.domain.execution import Claimer, Execution


class Slot(Protocol):
    """A reserved slot and permit: released once, when its context ends, unless handed over."""

    @property
    def claimer(self) -> Claimer:
        """Who claims in the creating transaction."""
        ...

    def hand_over(self, execution: Execution) -> None:
        """Start the drive in this slot. Never blocks, never raises: a failure hands it back."""
        ...


class Dispatcher(Protocol):
    """What a process can do at once for an apply that it accepts. Called on the event loop."""

    def reserve(self) -> AbstractContextManager[Slot | None]:
        """A slot with its permit, or None at once where any condition of Q-35 is missing.

        Whether a row is eligible for its claimer is judged by the transaction that creates it.
        """
        ...

    def wake(self) -> None:
        """After a commit: say that there may be work or an order. Never blocks, never raises."""
        ...


class NoDispatcher:
    """Accepts only: rows are found by the workers of other processes when they poll next."""

    def reserve(self) -> AbstractContextManager[Slot | None]:
        """No slot here."""
        return nullcontext()

    def wake(self) -> None:
        """Nobody here to wake."""
