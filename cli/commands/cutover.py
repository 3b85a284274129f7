"""`schemabot cutover`: let a held copy take its table's place."""

import click

from cli.command import Command, asking
from cli.exit_codes import ExitCode
from cli.going_on import go_on
from cli.session import Session


@click.command(
    "cutover",
    cls=Command,
    help="Let a copy that waits take its table's place; or take the order back.",
    exits=(ExitCode.DONE, ExitCode.FAILED, ExitCode.USAGE, ExitCode.INTERRUPTED),
    examples=(
        "schemabot cutover apply-0123456789abcdef -e staging",
        "schemabot cutover apply-0123456789abcdef -e staging --take-back",
    ),
)
@click.argument("apply_id")
@click.option("-e", "--environment", required=True, help="Must be the apply's own.")
@click.option("--take-back", is_flag=True, help="Withdraw the order while the swap has not begun.")
@click.option("--watch/--no-watch", default=True, show_default=True, help="Follow it to its end.")
@asking
async def cutover(
    session: Session, apply_id: str, environment: str, *, take_back: bool, watch: bool
) -> ExitCode:
    """Ask, and watch; an order that is taken back is not watched."""
    return await go_on(
        session,
        "cutover",
        apply_id,
        environment=environment,
        follows=watch and not take_back,
        more={"take_back": take_back},
    )
