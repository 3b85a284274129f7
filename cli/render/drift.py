"""A comparison of a live schema with its files, shown like a plan (C-35)."""

from collections.abc import Iterator

from rich.text import Text

from cli.render.plan import statement_lines
from cli.render.signs import Signs
from cli.render.words import counted, moment, plain
from schemabot.api.schemas.plan import DriftAnswer


def drift_lines(drift: DriftAnswer, *, signs: Signs) -> Iterator[Text]:
    """What differs, and what would bring the database back to its files."""
    heading = Text(f"{plain(drift.database)} / {plain(drift.environment)}", style="bold")
    yield heading.append(f" {signs.dot} {_baseline(drift)}", style="dim")
    for statement in drift.statements:
        yield from statement_lines(statement)
    match drift.result:
        case "in_sync":
            yield Text("In sync: the database is as the files say.", style="green")
        case "drifted":
            said = counted(len(drift.statements), "statement")
            yield Text(f"Drifted: {said} would make the database as the files say.", "bold yellow")
        case _:
            yield Text(f"Unknown: {plain(drift.error or drift.result)}", style="bold red")


def _baseline(drift: DriftAnswer) -> str:
    at = moment(drift.as_of)
    if drift.baseline_apply_id is None:
        return f"compared with the files at {at}" if drift.statements else f"looked at {at}"
    return f"compared with the files of {drift.baseline_apply_id} at {at}"
