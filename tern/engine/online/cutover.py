"""The swap: when it may be tried, how often, and what every try has in common (section 9).

A try holds the tables for at most `cutover-hold`. Whatever goes wrong before the rename is sent
ends with the tables freed and nothing changed; then it is tried again, ever more rarely.
"""

from datetime import timedelta
from time import monotonic

from tern.engine.online.blockers import end_blockers, find_blockers
from tern.engine.online.change import Change
from tern.engine.online.cutover_mariadb import swap_in_two_sessions
from tern.engine.online.cutover_mysql import swap_in_one_session
from tern.engine.online.drain import CutoverMissedError
from tern.engine.online.gate import wait_for_gate
from tern.engine.pacing import Pacing
from tern.errors import Deadlock, LockWaitTimeout

_IDLE_WITHIN = timedelta(seconds=5)
_LOOK_SECONDS = 0.1


class Cutover:
    """Tries to swap the names until it is done or all tries are spent."""

    def __init__(self, change: Change) -> None:
        self._change = change
        self._ground = change.ground
        options = change.ground.options
        self._pacing = Pacing(
            attempts=options.cutover_attempts, later_wait=options.cutover_lock_wait
        )
        self._reason = ""

    def run(self) -> bool:
        """Whether the names are swapped; False: all tries are spent, or the order was taken back.

        Raises:
            ServerUnavailable: a session was lost while it was open whether they are.
            SchemaBotError: what can't be tried again.
        """
        board = self._change.board
        for attempt in range(1, self._pacing.attempts + 1):
            wait_for_gate(self._change, lease=self._lease_need(attempt))
            board.begin_attempt()
            if self._attempt(attempt):
                return True
            board.detail = {"cutover": self._reason}
            self._pause(attempt)
            if not self._ground.orders.may_swap:
                return False
        return False

    def _attempt(self, attempt: int) -> bool:
        if not self._is_clear(attempt):
            return False
        ground, board = self._ground, self._change.board
        if not ground.margin.allows(self._lease_need(attempt)):
            self._reason = "too little of the lease is left"
            return False
        if not self._change.turnstile.shut(within=_IDLE_WITHIN):
            self._reason = "the replayers did not come to rest"
            return False
        try:
            self._swap(attempt)
        except (LockWaitTimeout, Deadlock, CutoverMissedError) as error:
            self._reason = str(error)
            return False
        finally:
            board.end_attempt(at=monotonic())
            ground.orders.end_swap()
            self._change.turnstile.open()
        return True

    def _lease_need(self, attempt: int) -> timedelta:
        return self._pacing.lease_need(attempt) + self._ground.options.cutover_hold

    def _swap(self, attempt: int) -> None:
        is_mariadb = self._ground.desk.flavor.is_mariadb()
        swap = swap_in_two_sessions if is_mariadb else swap_in_one_session
        swap(self._change, lock_wait=self._pacing.lock_wait(attempt))

    def _is_clear(self, attempt: int) -> bool:
        found = find_blockers(self._ground)
        if not found:
            return True
        self._reason = "blocked by " + "; ".join(map(str, found))
        after = self._ground.options.force_after
        if self._ground.orders.is_forced or (after is not None and attempt > after):
            end_blockers(self._ground, found)
        return False

    def _pause(self, attempt: int) -> None:
        deadline = monotonic() + self._pacing.pause(attempt).total_seconds()
        while (left := deadline - monotonic()) > 0:
            self._change.watch(min(left, _LOOK_SECONDS))
