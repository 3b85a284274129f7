"""`schemabot stop`: bring an apply to rest, what was copied is kept."""

import click

from cli.command import Command, asking
from cli.ending import end
from cli.exit_codes import ExitCode
from cli.session import Session


@click.command(
    "stop",
    cls=Command,
    help="Bring an apply to rest; what was copied is kept, and `start` goes on.",
    exits=(ExitCode.DONE, ExitCode.FAILED, ExitCode.USAGE),
    examples=("schemabot stop apply-0123456789abcdef -e staging",),
)
@click.argument("apply_id")
@click.option("-e", "--environment", required=True, help="Must be the apply's own.")
@click.option("--wait/--no-wait", default=True, show_default=True, help="Wait for the outcome.")
@asking
async def stop(session: Session, apply_id: str, environment: str, *, wait: bool) -> ExitCode:
    """Ask, and wait until it is at rest."""
    return await end(session, "stop", apply_id, environment=environment, wait=wait)
