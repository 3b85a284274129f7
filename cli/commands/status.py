"""`schemabot status`: which applies there are."""

import json

import click

from cli.command import Command, asking
from cli.exit_codes import ExitCode
from cli.page import show_once
from cli.render.tables import status_lines
from cli.session import Session
from schemabot.api.schemas.progress import ProgressAnswer
from schemabot.api.schemas.status import StatusAnswer


@click.command(
    "status",
    cls=Command,
    help="List applies, newest first; with an id, show that one.",
    exits=(ExitCode.DONE, ExitCode.FAILED, ExitCode.USAGE),
    examples=("schemabot status --active", "schemabot status -d shop -e staging -n 5"),
)
@click.argument("apply_id", required=False)
@click.option("-d", "--database", help="Only this one.")
@click.option("-e", "--environment", help="Only this one.")
@click.option("--state", multiple=True, help="Only applies in this state; repeatable.")
@click.option("--active", is_flag=True, help="Only applies that have not ended.")
@click.option("--failed", is_flag=True, help="Only applies that failed or wait for a retry.")
@click.option("-n", "limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@asking
async def status(session: Session, /, apply_id: str | None, **given: object) -> ExitCode:
    """Show one, or the list."""
    screen = session.screen
    if apply_id is not None:
        found = await session.service.get(f"/api/progress/{apply_id}", ProgressAnswer)
        if screen.is_json:
            screen.document(json.loads(found.text))
        else:
            show_once(screen, found.document)
        return ExitCode.DONE
    answer = await session.service.get("/api/status", StatusAnswer, query=_query(given))
    if screen.is_json:
        screen.document(json.loads(answer.text))
    else:
        screen.show(status_lines(answer.document, width=screen.out.width, sign=screen.signs.cut))
    return ExitCode.DONE


def _query(given: dict[str, object]) -> dict[str, str | int | list[str]]:
    query: dict[str, str | int | list[str]] = {"limit": str(given["limit"])}
    for name in ("database", "environment"):
        if given[name]:
            query[name] = str(given[name])
    for name in ("active", "failed"):
        if given[name]:
            query[name] = "true"
    states = given["state"]
    if isinstance(states, tuple) and states:
        query["state"] = [str(state) for state in states]
    return query
