"""`schemabot start`: let a stopped apply go on."""

import click

from cli.command import Command, asking
from cli.exit_codes import ExitCode
from cli.going_on import go_on
from cli.session import Session


@click.command(
    "start",
    cls=Command,
    help="Let a stopped or waiting apply go on, with its retries anew.",
    exits=(ExitCode.DONE, ExitCode.FAILED, ExitCode.USAGE, ExitCode.INTERRUPTED),
    examples=("schemabot start apply-0123456789abcdef -e staging",),
)
@click.argument("apply_id")
@click.option("-e", "--environment", required=True, help="Must be the apply's own.")
@click.option("--watch/--no-watch", default=True, show_default=True, help="Follow it to its end.")
@asking
async def start(session: Session, apply_id: str, environment: str, *, watch: bool) -> ExitCode:
    """Ask, and watch."""
    return await go_on(session, "start", apply_id, environment=environment, follows=watch)
