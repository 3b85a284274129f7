"""Every check, and when it is made."""

from tern.engine.online.preflight import (
    binlog,
    columns,
    key,
    names,
    privileges,
    proxy,
    server_role,
    surroundings,
    version,
    xa,
)
from tern.engine.online.preflight.check import Check, Failure, Moment, Sight

_ALWAYS = frozenset(Moment)
_FIRST = frozenset({Moment.START})

CHECKS: tuple[tuple[Check, frozenset[Moment]], ...] = (
    (version.check, _FIRST),
    (server_role.check, _ALWAYS),
    (proxy.check, _FIRST),
    (binlog.check, _FIRST),
    (privileges.check, _FIRST),
    (surroundings.check, _FIRST),
    (columns.check, _FIRST),
    (key.check, _FIRST),
    (names.check, _FIRST),
    (xa.check, _ALWAYS),
)


def failures(sight: Sight, moment: Moment) -> tuple[Failure, ...]:
    """All that forbids to go on at this moment; empty if nothing does."""
    return tuple(
        failure for check, moments in CHECKS if moment in moments for failure in check(sight)
    )
