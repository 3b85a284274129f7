"""One database's applies as a story: what ran, how it ended, how long it took (C-25)."""

from collections.abc import Iterator

from rich.text import Text

from cli.render.colors import STATE_COLORS
from cli.render.ddl import clauses
from cli.render.signs import Signs
from cli.render.words import duration, moment, plain, rows, state
from schemabot.api.schemas.status import ApplyAnswer, HistoryAnswer


def history_lines(history: HistoryAnswer, *, signs: Signs) -> Iterator[Text]:
    """Applies, newest first, each with its statements."""
    if not history.applies:
        yield Text(f"{plain(history.database)} has no applies.")
        return
    for number, apply in enumerate(history.applies):
        if number:
            yield Text()
        yield from _apply(apply, signs)
    if history.has_more:
        yield Text("There are more: raise -n.", style="dim")


def _apply(apply: ApplyAnswer, signs: Signs) -> Iterator[Text]:
    heading = Text(apply.apply_id, style="bold")
    heading.append(f" {signs.dot} {plain(apply.environment)} {signs.dot} ")
    heading.append(state(apply.state), style=STATE_COLORS.get(apply.state, ""))
    heading.append(f" {signs.dot} {moment(apply.started_at or apply.created_at)}", style="dim")
    yield heading
    yield Text(f"    {_facts(apply, signs)}", style="dim")
    if apply.rollback_of is not None:
        yield Text(f"    rollback of {apply.rollback_of}", style="dim")
    for ddl in apply.ddl:
        for line in clauses(plain(ddl)):
            yield Text(f"    {line}")
    if apply.error is not None:
        yield Text(f"    {plain(apply.error)}", style="red")


def _facts(apply: ApplyAnswer, signs: Signs) -> str:
    facts = [f"by {plain(apply.caller)}", apply.plan_id]
    if apply.elapsed_seconds is not None:
        facts.append(f"took {duration(apply.elapsed_seconds)}")
    if apply.actual is not None and apply.actual.rows:
        facts.append(f"{rows(apply.actual.rows)} rows copied")
    return f" {signs.dot} ".join(facts)
