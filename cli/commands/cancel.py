"""`schemabot cancel`: end an apply for good."""

import click

from cli.command import Command, asking
from cli.ending import end
from cli.exit_codes import ExitCode
from cli.session import Session


@click.command(
    "cancel",
    cls=Command,
    help="End an apply for good; what was copied is thrown away.",
    exits=(ExitCode.DONE, ExitCode.FAILED, ExitCode.USAGE),
    examples=("schemabot cancel apply-0123456789abcdef -e staging -y",),
)
@click.argument("apply_id")
@click.option("-e", "--environment", required=True, help="Must be the apply's own.")
@click.option("-y", "--yes", is_flag=True, help="Don't ask.")
@click.option("--wait/--no-wait", default=True, show_default=True, help="Wait for the outcome.")
@asking
async def cancel(
    session: Session, apply_id: str, environment: str, *, yes: bool, wait: bool
) -> ExitCode:
    """Ask the person, then the service, and wait for the end."""
    if not yes:
        await session.screen.confirm(f"Cancel {apply_id}?")
    return await end(session, "cancel", apply_id, environment=environment, wait=wait)
