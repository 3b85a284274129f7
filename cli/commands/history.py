"""`schemabot history`: what was done to a database."""

import json

import click

from cli.client import Query
from cli.command import Command, asking
from cli.exit_codes import ExitCode
from cli.render.history import history_lines
from cli.session import Session
from schemabot.api.schemas.status import HistoryAnswer


@click.command(
    "history",
    cls=Command,
    help="Show a database's applies with their statements, newest first.",
    exits=(ExitCode.DONE, ExitCode.FAILED, ExitCode.USAGE),
    examples=("schemabot history -d shop", "schemabot history -d shop -e production -n 5"),
)
@click.option("-d", "--database", required=True, help="Whose history.")
@click.option("-e", "--environment", help="Only this one.")
@click.option("-n", "limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@asking
async def history(
    session: Session, /, *, database: str, environment: str | None, limit: int
) -> ExitCode:
    """Show them."""
    query: Query = {"limit": str(limit)}
    if environment is not None:
        query = {**query, "environment": environment}
    answer = await session.service.get(f"/api/history/{database}", HistoryAnswer, query=query)
    screen = session.screen
    if screen.is_json:
        screen.document(json.loads(answer.text))
    else:
        screen.show(history_lines(answer.document, signs=screen.signs))
    return ExitCode.DONE
