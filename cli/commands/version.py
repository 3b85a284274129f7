"""`schemabot version`: this program's and the service's."""

import click
from rich.text import Text

from cli.command import Command, asking
from cli.exit_codes import ExitCode
from cli.session import Session
from cli.versions import product_version
from schemabot.api.schemas.health import HealthAnswer
from tern.errors import SchemaBotError


@click.command(
    "version",
    cls=Command,
    help="Show the versions of this program and of the service.",
    exits=(ExitCode.DONE, ExitCode.USAGE),
    examples=("schemabot version",),
)
@asking
async def version(session: Session) -> ExitCode:
    """Both versions; a service that can't be asked is said to be so, and is no failure."""
    client, endpoint = product_version(), session.service.endpoint.url
    try:
        answer = await session.service.get("/health", HealthAnswer)
        service, problem = answer.document.version, None
    except SchemaBotError as error:
        service, problem = None, error.message
    if session.screen.is_json:
        session.screen.document({
            "client": client,
            "service": service,
            "endpoint": endpoint,
            "problem": problem,
        })
    else:
        session.screen.show([
            Text(f"schemabot {client}"),
            Text(f"service   {service or problem} ({endpoint})"),
        ])
    return ExitCode.DONE
