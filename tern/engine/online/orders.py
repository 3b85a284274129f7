"""What an online run is asked while it goes on: to rest, to cut over, to go faster or slower."""

from threading import Lock
from time import monotonic

from tern.engine.orders import Orders
from tern.engine.port import CutoverOrder
from tern.errors import InvalidRequest, WrongState

LOWEST_VOLUME, HIGHEST_VOLUME = 1, 11


class InvalidVolume(InvalidRequest):
    """A pace that there is not."""

    code = "invalid_volume"

    def __init__(self, *, volume: int) -> None:
        super().__init__(f"volume {volume} is not between {LOWEST_VOLUME} and {HIGHEST_VOLUME}")


class OnlineOrders(Orders):
    """All orders; any thread may give one, the coordinator obeys.

    Attributes:
        volume: The pace, 1 to 11.
        paused_at: When the run was told to pause, monotonic; None while it may go on.
    """

    def __init__(self, *, volume: int) -> None:
        super().__init__()
        self._cutover_lock = Lock()
        self._is_held = False
        self._is_swapping = False
        self._may_go = False
        self._is_forced = False
        self.volume = volume
        self.paused_at: float | None = None

    @property
    def may_cut_over(self) -> bool:
        """Whether a held cutover was ordered and not taken back."""
        return self._may_go

    @property
    def may_swap(self) -> bool:
        """Whether a try is wanted: nothing is held, or the order stands."""
        return self._may_go or not self._is_held

    @property
    def is_forced(self) -> bool:
        """Whether blockers are to be ended."""
        return self._is_forced

    def hold(self) -> None:
        """From now on the run waits for an order."""
        with self._cutover_lock:
            self._is_held = True

    def hold_again(self) -> None:
        """From now on the run waits for another order."""
        with self._cutover_lock:
            self._is_held, self._may_go = True, False

    def begin_swap(self) -> bool:
        """Whether to send the rename; from then on nothing can be taken back."""
        with self._cutover_lock:
            self._is_swapping = self.may_swap
            return self._is_swapping

    def end_swap(self) -> None:
        """The attempt failed; orders count again."""
        with self._cutover_lock:
            self._is_swapping = False

    def cutover(self, order: CutoverOrder) -> None:
        """Let a held cutover go, or take that back.

        Raises:
            WrongState: nothing is held, or the names are being swapped.
        """
        with self._cutover_lock:
            if not self._is_held:
                raise WrongState(asked=f"cutover ({order})", reason="it does not wait for one")
            if self._is_swapping and order is CutoverOrder.TAKE_BACK:
                raise WrongState(asked=f"cutover ({order})", reason="the names are being swapped")
            self._may_go = order is not CutoverOrder.TAKE_BACK
            self._is_forced = self._is_forced or order is CutoverOrder.FORCE

    def pause(self) -> None:
        """Copy and replay nothing until `resume`; the log is read on."""
        if self.paused_at is None:
            self.paused_at = monotonic()

    def resume(self) -> None:
        """Go on."""
        self.paused_at = None

    def set_volume(self, volume: int) -> int:
        """The pace from now on; the one before.

        Raises:
            InvalidVolume: it is not from 1 to 11.
        """
        if not LOWEST_VOLUME <= volume <= HIGHEST_VOLUME:
            raise InvalidVolume(volume=volume)
        previous, self.volume = self.volume, volume
        return previous
