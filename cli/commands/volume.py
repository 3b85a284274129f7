"""`schemabot volume`: the pace of a copy."""

import click
from rich.text import Text

from cli.command import Command, asking
from cli.controlling import ask
from cli.exit_codes import ExitCode
from cli.render.words import state
from cli.session import Session


@click.command(
    "volume",
    cls=Command,
    help="Set the pace of an apply's copies, 1 (gentle) to 11 (all out).",
    exits=(ExitCode.DONE, ExitCode.FAILED, ExitCode.USAGE),
    examples=("schemabot volume apply-0123456789abcdef 5 -e staging",),
)
@click.argument("apply_id")
@click.argument("level", type=click.IntRange(1, 11))
@click.option("-e", "--environment", required=True, help="Must be the apply's own.")
@asking
async def volume(session: Session, apply_id: str, level: int, *, environment: str) -> ExitCode:
    """Ask for the level."""
    more = {"volume": level}
    answer = await ask(session, "volume", apply_id, environment=environment, more=more)
    if session.screen.is_json:
        session.screen.document(answer.model_dump(mode="json"))
    else:
        before = answer.previous_volume or "the default"
        text = f"volume {before} to {answer.new_volume or level}: {state(answer.status)}"
        session.screen.show([Text(text)])
    return ExitCode.DONE
