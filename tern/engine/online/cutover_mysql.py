"""MySQL renames tables that the very session has locked: one lock, one rename for all (E-49)."""

from datetime import timedelta
from time import monotonic

from tern.engine.online import statements
from tern.engine.online.change import Change
from tern.engine.online.drain import CutoverMissedError, check_may_swap, holding, receive_all


def swap_in_one_session(change: Change, *, lock_wait: timedelta) -> None:
    """The new tables stand under the old names.

    Raises:
        LockWaitTimeout, CutoverMissedError: they don't, and nothing has changed.
        ServerUnavailable: a session was lost; whether they do must be looked at.
    """
    with holding(change, change.lanes, lock_wait=lock_wait) as held:
        held.lock()
        deadline = monotonic() + change.ground.options.cutover_hold.total_seconds()
        receive_all(change, deadline)
        held.write_rest(deadline)
        check_may_swap(change)
        if monotonic() > deadline:
            raise CutoverMissedError("the tables were held too long")
        renames = [
            pair
            for lane in change.lanes
            for pair in statements.swap_pairs(lane.link, lane.names.retired)
        ]
        held.connection.execute(statements.rename_tables(renames))
        held.free()
