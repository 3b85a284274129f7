"""Lists as columns: headings, rows, and a word for none."""

from collections.abc import Iterator, Sequence

from rich.text import Text

from cli.render.colors import STATE_COLORS
from cli.render.words import counted, cut_middle, duration, moment, plain, state
from schemabot.api.schemas.database import DatabasesAnswer, LocksAnswer
from schemabot.api.schemas.status import ApplyAnswer, StatusAnswer

_GAP = "  "
_SHORTEST_NAME = 8


def columns(
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    width: int,
    cuttable: Sequence[int],
    sign: str,
) -> Iterator[Text]:
    """Lines within the width as far as cutting the named columns allows; ids are never cut."""
    widths = [max(len(row[index]) for row in (heads, *rows)) for index in range(len(heads))]
    over = sum(widths) + len(_GAP) * (len(heads) - 1) - width
    for index in sorted(cuttable, key=lambda each: -widths[each]):
        cut = min(max(over, 0), max(widths[index] - _SHORTEST_NAME, 0))
        widths[index] -= cut
        over -= cut
    yield Text(_row(heads, widths, sign=sign), style="bold")
    for row in rows:
        yield Text(_row(row, widths, sign=sign))


def status_lines(status: StatusAnswer, *, width: int, sign: str) -> Iterator[Text]:
    """Applies, newest first, and how many there are in each state."""
    if not status.applies:
        yield Text("No applies.")
        return
    heads = ("APPLY", "DATABASE", "ENVIRONMENT", "STATE", "DONE", "STARTED", "TOOK", "CALLER")
    lines = columns(
        heads, [_apply(a) for a in status.applies], width=width, cuttable=(1, 2, 7), sign=sign
    )
    yield next(lines)
    for line, apply in zip(lines, status.applies, strict=True):
        line.stylize(STATE_COLORS.get(apply.state, ""))
        yield line
    said = ", ".join(
        f"{count} {state(name)}" for name, count in status.state_counts.items() if count
    )
    yield Text(f"{said}; {counted(status.active_count, 'active apply', 'active applies')}", "dim")
    if status.has_more:
        yield Text("There are more: raise -n.", style="dim")


def database_lines(answer: DatabasesAnswer, *, width: int, sign: str) -> Iterator[Text]:
    """Every configured database and environment, in order of promotion."""
    rows = [
        (
            database.database,
            database.type,
            environment.name,
            environment.route,
            environment.active_apply_id or "",
            environment.locked_by or "",
        )
        for database in answer.databases
        for environment in database.environments
    ]
    if not rows:
        yield Text("No databases are configured.")
        return
    heads = ("DATABASE", "TYPE", "ENVIRONMENT", "ROUTE", "ACTIVE APPLY", "LOCKED BY")
    yield from columns(heads, rows, width=width, cuttable=(0, 2, 5), sign=sign)


def lock_lines(answer: LocksAnswer, *, width: int, sign: str) -> Iterator[Text]:
    """Held locks and their owners."""
    rows = [
        (lock.database, lock.database_type, lock.owner, moment(lock.created_at), lock.reason or "")
        for lock in answer.locks
    ]
    if not rows:
        yield Text("No locks are held.")
        return
    heads = ("DATABASE", "TYPE", "OWNER", "SINCE", "REASON")
    yield from columns(heads, rows, width=width, cuttable=(0, 2, 4), sign=sign)


def _apply(apply: ApplyAnswer) -> tuple[str, ...]:
    took = apply.elapsed_seconds
    return (
        apply.apply_id,
        apply.database,
        apply.environment,
        state(apply.state),
        "" if apply.percent is None else f"{apply.percent:.0f} %",
        moment(apply.started_at),
        "" if took is None else duration(took),
        apply.caller,
    )


def _row(cells: Sequence[str], widths: Sequence[int], *, sign: str) -> str:
    padded = (
        cut_middle(plain(cell), width, sign=sign).ljust(width)
        for cell, width in zip(cells, widths, strict=True)
    )
    return _GAP.join(padded).rstrip()
