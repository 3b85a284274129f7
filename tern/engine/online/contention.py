"""Keys that somebody holds for so long that progress names the session (E-18)."""

from collections.abc import Sequence

from tern.engine.online.blockers import find_blockers
from tern.engine.online.ground import Ground
from tern.engine.online.lane import Lane
from tern.errors import MissingPrivilege, StatementRejected
from tern.mysql.row_locks import row_blockers


def note_blockers(ground: Ground, lanes: Sequence[Lane]) -> None:
    """Show who holds a key that was refused for too long; nobody once it was had."""
    patience = ground.options.name_blocker_after.total_seconds()
    late = [lane for lane in lanes if lane.refusals.seconds >= patience]
    for lane in lanes:
        if lane not in late:
            lane.blocked_by = ""
    if not late:
        return
    try:
        found = row_blockers(ground.desk)
    except (MissingPrivilege, StatementRejected) as error:
        names = f"a session that can't be seen: {error}"
    else:
        is_own = ground.sessions.is_own
        others = {b.session_id: b for a, b in found if is_own(a) and not is_own(b.session_id)}
        names = "; ".join(map(str, others.values()))
        if not names and not any(lane.blocked_by for lane in late):
            # Nobody waits beside a held row: whoever has the table in a transaction may hold it.
            held = [each for each in find_blockers(ground) if each.in_transaction]
            names = "; ".join(f"perhaps {each}" for each in held)
    for lane in late:
        # Between two tries nobody waits: whoever was seen last is shown on.
        lane.blocked_by = names or lane.blocked_by
