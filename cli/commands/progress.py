"""`schemabot progress`: one apply, watched while it is active."""

import json

import click

from cli.command import Command, asking
from cli.exit_codes import ExitCode
from cli.page import show_once
from cli.session import Session
from cli.watch import watch as watch_apply
from cli.watching import is_over
from schemabot.api.schemas.progress import ProgressAnswer


@click.command(
    "progress",
    cls=Command,
    help="Show how far an apply is; an active one is watched.",
    exits=(ExitCode.DONE, ExitCode.FAILED, ExitCode.USAGE, ExitCode.INTERRUPTED),
    examples=(
        "schemabot progress apply-0123456789abcdef",
        "schemabot progress apply-0123456789abcdef --no-watch --json",
    ),
)
@click.argument("apply_id")
@click.option(
    "--watch/--no-watch", default=None, help="Follow it to its end.  [watch while it is active]"
)
@asking
async def progress(session: Session, apply_id: str, *, watch: bool | None) -> ExitCode:
    """Watch, or show it once."""
    answer = await session.service.get(f"/api/progress/{apply_id}", ProgressAnswer)
    wanted = not is_over(answer.document) if watch is None else watch
    if wanted:
        return await watch_apply(session, apply_id)
    if session.screen.is_json:
        session.screen.document(json.loads(answer.text))
    else:
        show_once(session.screen, answer.document)
    return ExitCode.DONE
