"""`schemabot locks`: who holds which database."""

import json

import click

from cli.command import Command, asking
from cli.exit_codes import ExitCode
from cli.render.tables import lock_lines
from cli.session import Session
from schemabot.api.schemas.database import LocksAnswer


@click.command(
    "locks",
    cls=Command,
    help="List database locks and who holds them.",
    exits=(ExitCode.DONE, ExitCode.FAILED, ExitCode.USAGE),
    examples=("schemabot locks", "schemabot locks -d shop"),
)
@click.option("-d", "--database", help="Only this one.")
@asking
async def locks(session: Session, database: str | None) -> ExitCode:
    """Show them."""
    query = {"database": database} if database else {}
    answer = await session.service.get("/api/locks", LocksAnswer, query=query)
    if session.screen.is_json:
        session.screen.document(json.loads(answer.text))
    else:
        session.screen.show(
            lock_lines(
                answer.document, width=session.screen.out.width, sign=session.screen.signs.cut
            )
        )
    return ExitCode.DONE
