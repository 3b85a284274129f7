"""`schemabot databases`: what the service knows."""

import json

import click

from cli.command import Command, asking
from cli.exit_codes import ExitCode
from cli.render.tables import database_lines
from cli.session import Session
from schemabot.api.schemas.database import DatabaseAnswer, DatabasesAnswer


@click.command(
    "databases",
    cls=Command,
    help="List the databases and environments that the service is configured for.",
    exits=(ExitCode.DONE, ExitCode.FAILED, ExitCode.USAGE),
    examples=("schemabot databases", "schemabot databases shop"),
)
@click.argument("database", required=False)
@asking
async def databases(session: Session, database: str | None) -> ExitCode:
    """Show one, or all."""
    if database is None:
        answer = await session.service.get("/api/databases", DatabasesAnswer)
        text, shown = answer.text, answer.document
    else:
        path = f"/api/databases/{database}/environments"
        one = await session.service.get(path, DatabaseAnswer)
        text, shown = one.text, DatabasesAnswer(databases=(one.document,))
    if session.screen.is_json:
        session.screen.document(json.loads(text))
    else:
        session.screen.show(
            database_lines(shown, width=session.screen.out.width, sign=session.screen.signs.cut)
        )
    return ExitCode.DONE
