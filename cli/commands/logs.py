"""`schemabot logs`: what happened to an apply, line by line."""

import json

import anyio
import click
from rich.text import Text

from cli.command import Command, asking
from cli.errors import BadUsage, ServiceRefusal
from cli.exit_codes import ExitCode
from cli.interrupts import until_interrupted
from cli.render.words import clock, plain
from cli.session import Session
from schemabot.api.schemas.progress import ProgressAnswer
from schemabot.api.schemas.status import LogAnswer, LogsAnswer, StatusAnswer

_POLL_SECONDS = 1.0


@click.command(
    "logs",
    cls=Command,
    help="Show an apply's own log; without an id, the newest apply's of -d and -e.",
    exits=(ExitCode.DONE, ExitCode.FAILED, ExitCode.USAGE, ExitCode.INTERRUPTED),
    examples=("schemabot logs apply-0123456789abcdef -f", "schemabot logs -d shop -e staging -n 5"),
)
@click.argument("apply_id", required=False)
@click.option("-d", "--database", help="Database of the newest apply.")
@click.option("-e", "--environment", help="Environment of the newest apply.")
@click.option("-n", "limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@click.option("-f", "--follow", is_flag=True, help="Go on until the apply has ended.")
@click.option("--level", type=click.Choice(["debug", "info", "warning", "error"]))
@click.option("--task", help="Only lines of this task.")
@asking
async def logs(session: Session, /, apply_id: str | None, **given: object) -> ExitCode:
    """Show the newest lines, then each new one."""
    found = apply_id or await _newest(session, given["database"], given["environment"])
    query: dict[str, str | int | list[str]] = {"limit": str(given["limit"])}
    for option, parameter in (("level", "level"), ("task", "task_id")):
        if given[option]:
            query[parameter] = str(given[option])
    last = await _show(session, found, query)
    if not given["follow"]:
        return ExitCode.DONE
    async with until_interrupted() as interrupt:
        await _follow(session, found, {**query, "after_id": str(last)})
    return ExitCode.INTERRUPTED if interrupt.happened else ExitCode.DONE


async def _newest(session: Session, database: object, environment: object) -> str:
    if not database or not environment:
        raise BadUsage(problem="name an apply, or -d and -e", command="schemabot logs")
    query: dict[str, str | int | list[str]] = {
        "database": str(database),
        "environment": str(environment),
        "limit": "1",
    }
    status = (await session.service.get("/api/status", StatusAnswer, query=query)).document
    if not status.applies:
        message = f"{database}/{environment} has no applies"
        raise ServiceRefusal(status=404, answered="apply_not_found", message=message)
    return status.applies[0].apply_id


async def _follow(session: Session, apply_id: str, query: dict[str, str | int | list[str]]) -> None:
    """Every later line; the end is looked for before the lines, so that none is missed."""
    is_last = False
    while not is_last:
        await anyio.sleep(_POLL_SECONDS)
        progress = await session.service.get(f"/api/progress/{apply_id}", ProgressAnswer)
        is_last = progress.document.terminal
        query["after_id"] = str(await _show(session, apply_id, query))


async def _show(session: Session, apply_id: str, query: dict[str, str | int | list[str]]) -> int:
    answer = await session.service.get(f"/api/logs/{apply_id}", LogsAnswer, query=query)
    for line in answer.document.logs:
        if session.screen.is_json:
            session.screen.document({"type": "log", **json.loads(line.text())})
        else:
            session.screen.show([_line(line)])
    return answer.document.last_id


def _line(line: LogAnswer) -> Text:
    style = {"warning": "yellow", "error": "red", "debug": "dim"}.get(line.level, "")
    message = plain(line.message).replace("\n", " ")
    return Text(f"{clock(line.at)} {line.level:<7} {message}", style=style)
