"""`schemabot rollback`: bring back what was live before an apply."""

import json

import click
from rich.text import Text

from cli.applying import ApplyRequest, Refused, accept_plan, check_active
from cli.client import PLAN_TIMEOUT_SECONDS
from cli.command import Command, asking
from cli.controlling import guarded
from cli.exit_codes import ExitCode
from cli.render.words import moment
from cli.session import Session
from cli.watch import watch as watch_apply
from schemabot.api.schemas.apply import AcceptedAnswer
from schemabot.api.schemas.plan import PlanAnswer


@click.command(
    "rollback",
    cls=Command,
    help="Bring the tables that an apply changed back to what they were before it.",
    exits=(ExitCode.DONE, ExitCode.FAILED, ExitCode.USAGE, ExitCode.INTERRUPTED),
    examples=("schemabot rollback apply-0123456789abcdef -e staging",),
)
@click.argument("apply_id")
@click.option("-e", "--environment", required=True, help="Must be the apply's own.")
@click.option("-y", "--yes", is_flag=True, help="Don't ask; closed gates stay closed.")
@click.option("--allow-unsafe", is_flag=True, help="Consent to what can lose data.")
@click.option("--defer-cutover", is_flag=True, help="Hold each copy before its cutover.")
@click.option("--watch/--no-watch", default=True, show_default=True, help="Follow it to its end.")
@asking
async def rollback(session: Session, /, apply_id: str, *, watch: bool, **given: object) -> ExitCode:
    """Plan the way back, pass all gates, then watch."""
    request = _request(given)
    try:
        accepted = await _accepted(session, apply_id, request)
    except Refused as refused:
        return refused.code
    screen = session.screen
    if screen.is_json:
        document = {"type": "accepted", "rollback_of": apply_id, **json.loads(accepted.text())}
        screen.document(document)
    if not watch:
        screen.show([Text(f"{accepted.apply_id} is {accepted.status}")])
        screen.note(f"Follow it: schemabot progress {accepted.apply_id}")
        return ExitCode.DONE
    return await watch_apply(session, accepted.apply_id)


async def _accepted(session: Session, apply_id: str, request: ApplyRequest) -> AcceptedAnswer:
    undone = await guarded(session, apply_id, environment=request.environment)
    await check_active(session, undone.database, undone.environment)
    answer = await session.service.post(
        "/api/rollback/plan",
        PlanAnswer,
        body={"apply_id": apply_id},
        seconds=PLAN_TIMEOUT_SECONDS,
    )
    when = moment(undone.completed_at or undone.created_at)
    heading = f"Rollback of {apply_id} ({undone.state}, {when}): back to what was live before it"
    session.screen.show([Text(heading, style="bold")])
    return await accept_plan(session, answer.document, request)


def _request(given: dict[str, object]) -> ApplyRequest:
    return ApplyRequest(
        environment=str(given["environment"]),
        schema_dir=None,
        plan_id=None,
        yes=bool(given["yes"]),
        options={name: given[name] for name in ("allow_unsafe", "defer_cutover")},
        takes_lock=True,
        forces_lock=False,
        keeps_lock=False,
    )
