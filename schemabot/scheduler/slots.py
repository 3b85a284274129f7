"""The drive slots of a process: each is taken and given back exactly once per drive (Q-38)."""

from typing import Protocol

import anyio


class OnChange(Protocol):
    """Told how many slots are taken and held back, whenever that changes."""

    def __call__(self, *, busy: int, held_back: int, count: int) -> None:
        """Must neither block nor raise."""
        ...


def _nobody(*, busy: int, held_back: int, count: int) -> None:
    """Nobody is told."""


class Slot:
    """One taken slot; giving it back twice does nothing the second time."""

    def __init__(self, number: int, slots: "Slots") -> None:
        self.number = number
        self._slots = slots
        self._is_taken = True

    def give_back(self) -> None:
        """Free it for the next drive."""
        if self._is_taken:
            self._is_taken = False
            self._slots.accept(self.number)


class Slots:
    """A fixed number of slots, numbered from 0; lives on the event loop."""

    def __init__(self, count: int, *, on_change: OnChange = _nobody) -> None:
        self.count = count
        self._on_change = on_change
        self._limit = count
        self._free = list(reversed(range(count)))
        self._changed = anyio.Event()

    @property
    def busy(self) -> int:
        """How many are taken."""
        return self.count - len(self._free)

    @property
    def is_full(self) -> bool:
        """Whether `take` would give none."""
        return self.busy >= self._limit

    def take(self) -> Slot | None:
        """A free slot, without waiting."""
        if self.is_full:
            return None
        slot = Slot(self._free.pop(), self)
        self._tell()
        return slot

    def accept(self, number: int) -> None:
        """A slot comes back; for `Slot.give_back` alone."""
        self._free.append(number)
        self._note_change()

    def limit_to(self, limit: int) -> None:
        """Let no more than so many be taken from now on; what is taken stays so."""
        self._limit = limit
        self._note_change()

    async def until_one_is_free(self) -> None:
        """Return when `take` would give a slot."""
        while self.is_full:
            await self._changed.wait()

    async def until_all_are_free(self) -> None:
        """Return when nothing is driven or reserved."""
        while self.busy:
            await self._changed.wait()

    def _note_change(self) -> None:
        self._tell()
        changed, self._changed = self._changed, anyio.Event()
        changed.set()

    def _tell(self) -> None:
        held_back = max(0, self.count - max(self._limit, self.busy))
        self._on_change(busy=self.busy, held_back=held_back, count=self.count)
