"""When a swap may be tried: what would make a try idle or wrong is shown, and waited for (E-44)."""

from datetime import timedelta
from time import monotonic

from tern.engine.online.change import Change
from tern.engine.online.preflight.check import Moment
from tern.engine.online.preflight.checks import failures
from tern.engine.online.preflight.seeing import PreflightFailed, see
from tern.errors import TargetReadOnly

_MOST_KEYS = 1_000
_OLDEST_SECONDS = 1.0
_LOOK_SECONDS = 0.1
_NO_NEED = timedelta(0)
_WAITED_FOR = frozenset({"xa"})


def gate_reason(change: Change) -> str | None:
    """Why a try would be idle now; None if nothing speaks against it."""
    if change.backlog_keys > _MOST_KEYS:
        return f"{change.backlog_keys} changed keys are not written yet"
    if change.gauge.age_seconds > _OLDEST_SECONDS:
        return f"the shadow is {change.gauge.age_seconds:.1f} s behind"
    return change.brake.gate_reason()


def wait_for_gate(change: Change, *, lease: timedelta = _NO_NEED) -> None:
    """Until nothing has spoken against a try for a while, and so much of the lease is left.

    Raises as `Change.watch`, and:
        TargetReadOnly: the server takes no writes any more.
        PreflightFailed: it is one that nothing may be swapped on.
    """
    since: float | None = None
    of_target: str | None = None
    settle = change.ground.options.settle_for.total_seconds()
    while True:
        reason = gate_reason(change)
        since = None if reason is not None else since or monotonic()
        if since is not None and monotonic() - since >= settle:
            of_target = _reason_of_target(change, lease)
            if of_target is None:
                change.board.detail = {}
                return
            since = None
        # What the target said is true until it is asked again.
        reason = reason or of_target
        change.board.detail = {} if reason is None else {"gate": reason}
        change.watch(_LOOK_SECONDS)


def _reason_of_target(change: Change, lease: timedelta) -> str | None:
    ground = change.ground
    if lease and not ground.margin.allows(lease):
        return "too little of the lease is left for a swap"
    sight = see(ground, Moment.CUTOVER)
    if sight.server.is_read_only:
        raise TargetReadOnly(place=ground.desk.place)
    found = failures(sight, Moment.CUTOVER)
    final = [failure for failure in found if failure.code not in _WAITED_FOR]
    if final:
        raise PreflightFailed(place=ground.desk.place, found=final)
    return str(found[0]) if found else None
