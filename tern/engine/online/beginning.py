"""Where a run begins: afresh, where an earlier one left off, or after its swap (section 10)."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from tern.binlog.position import Position
from tern.binlog.watched_table import TableName
from tern.engine.definition import Standing, read_standing, stale_plan
from tern.engine.online.after_loss import Swap, look
from tern.engine.online.checkpoint import Saved
from tern.engine.online.errors import OtherChange, OtherHistory, SourceChanged
from tern.engine.online.ground import Ground, Subject
from tern.engine.online.phases import Phase
from tern.engine.online.shadow_table import Fingerprint, read_fingerprint
from tern.engine.online.verified import NOTHING
from tern.errors import InvalidLogPosition, OutcomeUnknown, TableMissing

log = logging.getLogger(__name__)


class Begin(StrEnum):
    """What the target says about an earlier run of this change."""

    FRESH = "fresh"
    RESUME = "resume"
    SWAPPED = "swapped"
    IN_PLACE = "in_place"


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """How to begin.

    Attributes:
        saved: What the earlier run saved, also where it can't be resumed; then it is cleaned up.
    """

    begin: Begin
    saved: Saved | None = None
    reason: str = ""


def find_beginning(ground: Ground, *, purged: str | None = None) -> Beginning:
    """How this run begins, by what is on the target.

    Args:
        ground: What the run stands on.
        purged: Why the server's log can't be followed from what was saved; None if it may be.

    Raises:
        StalePlan: there is no checkpoint, and a table is neither as planned from nor as desired.
        SourceChanged, OtherHistory, OtherChange, NewerFormat: the checkpoint forbids to begin.
        OutcomeUnknown: after an interrupted swap the tables make no sense.
    """
    saved = ground.checkpoint.read(ground.desk)
    if saved is None:
        return _without_checkpoint(ground)
    if saved.change_id != ground.run.change_id:
        reason = f"its checkpoint is of change {saved.change_id}"
        raise OtherChange(table=ground.subjects[0].table, reason=reason)
    swap = find_swap(ground, saved)
    if swap is not None:
        return Beginning(begin=swap, saved=saved)
    _check_source(ground, saved)
    gap = purged or _reason_for_fresh_start(ground, saved)
    if gap is None:
        return Beginning(begin=Begin.RESUME, saved=saved)
    log.warning("%s is copied afresh: %s", ground.subjects[0].table, gap)
    return Beginning(begin=Begin.FRESH, saved=saved, reason=gap)


def _without_checkpoint(ground: Ground) -> Beginning:
    standings = [read_standing(ground.desk, subject.statement) for subject in ground.subjects]
    if all(standing in {Standing.DESIRED, Standing.BOTH} for standing in standings):
        return Beginning(begin=Begin.IN_PLACE)
    for subject, standing in zip(ground.subjects, standings, strict=True):
        if standing not in {Standing.BASE, Standing.BOTH}:
            raise stale_plan(subject.statement, change="somebody changed it since the plan")
    return Beginning(begin=Begin.FRESH)


def as_found(ground: Ground, saved: Saved) -> Saved:
    """What was saved, for the server as it runs now (E-57). InnoDB's ids are each server's own.

    Comparisons count on the server that made them and until it restarts: a replica that took its
    place, or a server that came back from a crash, has all its rows compared anew.
    """
    server = ground.server
    is_same = _is_same_server(ground, saved) and server.is_same_start(saved.started_at)
    tables = {
        name: each if is_same else replace(each, verified=NOTHING)
        for name, each in saved.tables.items()
    }
    if not _is_same_server(ground, saved):
        for subject in ground.subjects:
            name = subject.source.name
            tables[name] = replace(
                tables[name],
                source=read_fingerprint(ground.desk, subject.source),
                shadow=read_fingerprint(ground.desk, subject.names.shadow),
            )
    return replace(saved, server=server.uuid, started_at=server.started_at, tables=tables)


def find_swap(ground: Ground, saved: Saved) -> Begin | None:
    """SWAPPED if an earlier run has swapped the names, else None (E-52).

    Raises:
        OutcomeUnknown: the tables make no sense.
    """
    if saved.phase not in {Phase.CUTOVER, Phase.CLEAN_UP}:
        return None
    is_same_server = _is_same_server(ground, saved)
    match look(ground.desk, ground.subjects, saved, is_same_server=is_same_server):
        case Swap.DONE:
            return Begin.SWAPPED
        case Swap.NOT_DONE:
            return None
        case Swap.UNKNOWN:
            raise OutcomeUnknown(
                action="the swap",
                place=ground.subjects[0].table,
                reason="neither the old nor the new table stands under the name",
            )


def _check_source(ground: Ground, saved: Saved) -> None:
    for subject in ground.subjects:
        found = fingerprint(ground, subject.source)
        known = saved.tables.get(subject.source.name)
        if known is not None and not _is_as_saved(ground, saved, found=found, known=known.source):
            raise SourceChanged(table=subject.table)


def _is_same_server(ground: Ground, saved: Saved) -> bool:
    return saved.server == ground.server.uuid


def _is_as_saved(
    ground: Ground, saved: Saved, *, found: Fingerprint | None, known: Fingerprint
) -> bool:
    """Whether it is the table that was saved; on another server its text must do."""
    if found is None or _is_same_server(ground, saved):
        return found == known
    return found.text == known.text


def _reason_for_fresh_start(ground: Ground, saved: Saved) -> str | None:
    """Why what was saved can't be gone on with; None if it can (E-57)."""
    if saved.phase is Phase.PREPARE:
        return "the earlier run had not begun to copy"
    if set(saved.tables) != {subject.source.name for subject in ground.subjects}:
        return "it was of other tables"
    now = float(ground.desk.value("SELECT UNIX_TIMESTAMP(NOW(6))"))
    if now - saved.saved_at > ground.options.checkpoint_max_age.total_seconds():
        return "its checkpoint is too old"
    shadows = _changed_shadow(ground, ground.subjects, saved)
    return shadows or _log_gap(ground, saved)


def _changed_shadow(ground: Ground, subjects: Sequence[Subject], saved: Saved) -> str | None:
    for subject in subjects:
        found = fingerprint(ground, subject.names.shadow)
        known = saved.tables[subject.source.name].shadow
        if found is None or known is None:
            return f"{subject.names.shadow} is missing"
        # Indexes that are added after the copy change the text and keep the table.
        like = replace(known, text=found.text) if saved.phase is Phase.INDEX else known
        if not _is_as_saved(ground, saved, found=found, known=like):
            return f"{subject.names.shadow} is not what it was"
        if fingerprint(ground, subject.names.probe) is None:
            return f"{subject.names.probe} is missing"
    return None


def _log_gap(ground: Ground, saved: Saved) -> str | None:
    """Whether the server's log still says all that happened since."""
    try:
        position = Position.from_text(saved.applied)
    except InvalidLogPosition as error:
        return error.message
    now = ground.server_log()
    if position.server == now.position.server and position.has_place:
        files = {str(row[0]) for row in ground.desk.query("SHOW BINARY LOGS")}
        if position.file not in files or not now.position.reaches(position):
            return f"the server's log no longer has {position.describe()}"
        return None
    if position.gtids is None:
        return "it was made on another server, and that one named no transactions"
    if not now.is_within(position.gtids):
        raise OtherHistory(place=ground.desk.place)
    if now.still_has(position.gtids) is False:
        return f"the server's log no longer has what follows {position.describe()}"
    return None


def fingerprint(ground: Ground, table: TableName) -> Fingerprint | None:
    """A table's fingerprint; None where there is no such table."""
    try:
        return read_fingerprint(ground.desk, table)
    except TableMissing:
        return None
