"""`schemabot apply`: plan, consent, into the queue, and watch."""

import json
from pathlib import Path

import click
from rich.text import Text

from cli.applying import ApplyRequest, Refused, accept
from cli.command import Command, asking
from cli.exit_codes import ExitCode
from cli.options import Seconds
from cli.session import Session
from cli.watch import watch as watch_apply


@click.command(
    "apply",
    cls=Command,
    help="Make a database as the schema files say: plan, ask, apply and watch.",
    exits=(ExitCode.DONE, ExitCode.FAILED, ExitCode.USAGE, ExitCode.INTERRUPTED),
    examples=(
        "schemabot apply -s schema -e staging",
        "schemabot apply --plan-id plan-0123456789abcdef -e production -y --no-watch",
    ),
)
@click.option(
    "-s",
    "--schema-dir",
    type=click.Path(path_type=Path),
    help="Directory of schemabot.yaml, or one below it.  [.]",
)
@click.option("--plan-id", help="Apply this stored plan instead of planning again.")
@click.option("-e", "--environment", required=True, help="Where to apply.")
@click.option("-y", "--yes", is_flag=True, help="Don't ask; closed gates stay closed.")
@click.option("--allow-unsafe", is_flag=True, help="Consent to what can lose data.")
@click.option("--defer-cutover", is_flag=True, help="Hold each copy before its cutover.")
@click.option("--volume", type=click.IntRange(1, 11), help="Pace of a copy.  [server's default]")
@click.option("--no-lock", is_flag=True, help="Take no database lock.")
@click.option("--force-lock", is_flag=True, help="Take the lock from whoever holds it.")
@click.option("--keep-lock", is_flag=True, help="Keep the lock when the apply completes.")
@click.option("--watch/--no-watch", default=True, show_default=True, help="Follow it to its end.")
@click.option(
    "--heartbeat", type=Seconds(), default="10s", show_default=True, help="Between lines of a log."
)
@asking
async def apply(session: Session, /, *, watch: bool, heartbeat: float, **given: object) -> ExitCode:
    """Pass all gates, then watch."""
    request = _request(given)
    try:
        accepted = await accept(session, request)
    except Refused as refused:
        return refused.code
    screen = session.screen
    if screen.is_json:
        screen.document({"type": "accepted", **json.loads(accepted.text())})
    if not watch:
        screen.show([Text(f"{accepted.apply_id} is {accepted.status}")])
        screen.note(f"Follow it: schemabot progress {accepted.apply_id}")
        return ExitCode.DONE
    return await watch_apply(session, accepted.apply_id, heartbeat=heartbeat)


def _request(given: dict[str, object]) -> ApplyRequest:
    schema_dir, plan_id = given["schema_dir"], given["plan_id"]
    return ApplyRequest(
        environment=str(given["environment"]),
        schema_dir=schema_dir if isinstance(schema_dir, Path) else None,
        plan_id=None if plan_id is None else str(plan_id),
        yes=bool(given["yes"]),
        options={name: given[name] for name in ("allow_unsafe", "defer_cutover", "volume")},
        takes_lock=not given["no_lock"],
        forces_lock=bool(given["force_lock"]),
        keeps_lock=bool(given["keep_lock"]),
    )
