"""The way from files to an accepted apply: gates, lock, consent, request (C-15)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.text import Text

from cli.client import Answer
from cli.errors import BadUsage, ServiceRefusal
from cli.exit_codes import ExitCode
from cli.interrupts import known_outcome
from cli.planning import plan_one
from cli.render.plan import plan_lines, refused_statements, unsafe_statements
from cli.render.refusals import conflict_lines
from cli.render.words import counted
from cli.schema_files import read_schema_files
from cli.session import Session
from schemabot.api.schemas.apply import AcceptedAnswer
from schemabot.api.schemas.database import LockAnswer, LocksAnswer
from schemabot.api.schemas.plan import PlanAnswer
from schemabot.api.schemas.status import StatusAnswer
from schemabot.config.schema_dir import SchemaDirectory


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyRequest:
    """What was asked for on the command line."""

    environment: str
    schema_dir: Path | None
    plan_id: str | None
    yes: bool
    options: Mapping[str, object]
    takes_lock: bool
    forces_lock: bool
    keeps_lock: bool

    @property
    def allows_unsafe(self) -> bool:
        """Whether losing something is agreed to."""
        return bool(self.options["allow_unsafe"])

    def check(self) -> None:
        """Raises BadUsage for options that exclude each other."""
        problem = None
        if self.plan_id is not None and self.schema_dir is not None:
            problem = "--plan-id names a plan that exists; it excludes -s"
        elif not self.takes_lock and (self.forces_lock or self.keeps_lock):
            problem = "--no-lock excludes --force-lock and --keep-lock"
        if problem is not None:
            raise BadUsage(problem=problem, command="schemabot apply")


class Refused(Exception):
    """A gate is closed; everything was said already.

    Attributes:
        code: How the process ends.
    """

    def __init__(self, code: ExitCode) -> None:
        super().__init__(code)
        self.code = code


async def accept(session: Session, request: ApplyRequest) -> AcceptedAnswer:
    """The accepted apply; every gate before it was open.

    Raises:
        Refused: a gate was closed, and what it is was shown.
        SchemaBotError: an answer in the way; a lock that was taken here is released.
    """
    request.check()
    plan = await _plan(session, request)
    return await accept_plan(session, plan, request)


async def accept_plan(session: Session, plan: PlanAnswer, request: ApplyRequest) -> AcceptedAnswer:
    """The accepted apply of a plan that is known; shows it, and passes its gates. As `accept`."""
    _gate(session, plan, request)
    held = await _lock_of(session, plan)
    _check_lock(session, held, request)
    if not request.yes:
        question = f"Apply {plan.plan_id} to {plan.database} / {plan.environment}?"
        await session.screen.confirm(question)
    takes = request.takes_lock and (held is None or request.forces_lock)
    if takes:
        await _take_lock(session, plan, held, force=request.forces_lock)
    try:
        return await _post(session, plan, request)
    except ServiceRefusal as error:
        if takes:
            await _release(session, plan)
        _show_conflict(session, error)
        raise


async def _plan(session: Session, request: ApplyRequest) -> PlanAnswer:
    if request.plan_id is not None:
        answer = await session.service.get(f"/api/plans/{request.plan_id}", PlanAnswer)
        await check_active(session, answer.document.database, request.environment)
        return answer.document
    directory: SchemaDirectory = await read_schema_files(request.schema_dir or Path())
    await check_active(session, directory.database, request.environment)
    found: Answer[PlanAnswer] = await plan_one(session.service, directory, request.environment)
    return found.document


async def check_active(session: Session, database: str, environment: str) -> None:
    """Raises ServiceRefusal, with the facts shown, when an apply is active there."""
    query = {"database": database, "environment": environment, "active": "true", "limit": "1"}
    status = (await session.service.get("/api/status", StatusAnswer, query=query)).document
    for active in status.applies:
        raise _shown(
            session,
            ServiceRefusal(
                status=409,
                answered="active_apply_exists",
                message=f"{database}/{environment} has an active apply: {active.apply_id} is "
                f"{active.state} (by {active.caller})",
                next_action=f"schemabot progress {active.apply_id}",
                details={
                    "apply_id": active.apply_id,
                    "state": active.state,
                    "caller": active.caller,
                    "started_at": str(active.started_at or "not yet"),
                },
            ),
        )


def _gate(session: Session, plan: PlanAnswer, request: ApplyRequest) -> None:
    """What stops an apply before anybody is asked."""
    screen = session.screen
    screen.show(plan_lines(plan, signs=screen.signs, with_next=False))
    if plan.environment != request.environment:
        problem = f"{plan.plan_id} is for {plan.environment}, not for {request.environment}"
        raise BadUsage(problem=problem, command="schemabot apply")
    if not plan.errors and not plan.has_changes:
        if screen.is_json:
            screen.document(_nothing(plan))
        raise Refused(ExitCode.DONE)
    if plan.errors or refused_statements(plan):
        raise _gate_error(plan, "plan_has_errors" if plan.errors else "plan_refused")
    if unsafe_statements(plan) or plan.is_unsafe:
        if not request.allows_unsafe:
            raise _gate_error(plan, "unsafe_not_allowed")
        screen.show([Text(" THIS CAN LOSE DATA ", style="bold white on red")])


def _gate_error(plan: PlanAnswer, code: str) -> ServiceRefusal:
    said = {
        "plan_has_errors": f"{plan.plan_id} has {counted(len(plan.errors), 'error')}, named above",
        "plan_refused": f"{plan.plan_id} has statements that are refused or unproven",
        "unsafe_not_allowed": f"{plan.plan_id} is unsafe: it can lose data",
    }
    tries = {
        "plan_has_errors": "mend the files and plan again",
        "plan_refused": "change the files as the reasons say and plan again",
        "unsafe_not_allowed": "read the reasons above, then add --allow-unsafe",
    }
    return ServiceRefusal(
        status=409,
        answered=code,
        message=said[code],
        next_action=tries[code],
        details={"plan_id": plan.plan_id, "errors": [each.message for each in plan.errors]},
    )


async def _lock_of(session: Session, plan: PlanAnswer) -> LockAnswer | None:
    query = {"database": plan.database}
    locks = (await session.service.get("/api/locks", LocksAnswer, query=query)).document.locks
    return next((lock for lock in locks if lock.database_type == plan.database_type), None)


def _check_lock(session: Session, held: LockAnswer | None, request: ApplyRequest) -> None:
    """A stranger's lock refuses; who we are, only a service without authentication tells us."""
    is_known = session.service.endpoint.token is None
    if held is None or not is_known or held.owner == f"cli:{session.who}" or request.forces_lock:
        return
    raise _shown(
        session,
        ServiceRefusal(
            status=409,
            answered="database_locked",
            message=f"{held.database} is locked by {held.owner}",
            next_action="ask the owner to release it, or pass it with --force-lock",
            details={"lock": held.model_dump(mode="json")},
        ),
    )


async def _take_lock(
    session: Session, plan: PlanAnswer, held: LockAnswer | None, *, force: bool
) -> None:
    body: dict[str, object] = {
        "database": plan.database,
        "type": plan.database_type,
        "lock_owner": session.who,
    }
    if held is not None and force:
        await session.service.post("/api/locks/release", LockAnswer, body={**body, "force": True})
    reason = f"apply of {plan.plan_id}"
    await session.service.post("/api/locks/acquire", LockAnswer, body={**body, "reason": reason})


async def _release(session: Session, plan: PlanAnswer) -> None:
    body = {"database": plan.database, "type": plan.database_type, "lock_owner": session.who}
    await session.service.post("/api/locks/release", LockAnswer, body=body)


async def _post(session: Session, plan: PlanAnswer, request: ApplyRequest) -> AcceptedAnswer:
    body = {
        "plan_id": plan.plan_id,
        "environment": plan.environment,
        "lock_owner": session.who,
        "release_lock": not request.keeps_lock,
        "options": {name: value for name, value in request.options.items() if value is not None},
    }
    post = partial(session.service.post, "/api/apply", AcceptedAnswer, body=body)
    answer = await known_outcome(
        post, of="the apply", look=f"schemabot status -d {plan.database} -e {plan.environment}"
    )
    return answer.document


def _show_conflict(session: Session, error: ServiceRefusal) -> None:
    if not session.screen.is_json:
        for line in conflict_lines(error.details):
            session.screen.notes.print(line)


def _shown(session: Session, error: ServiceRefusal) -> ServiceRefusal:
    _show_conflict(session, error)
    return error


def _nothing(plan: PlanAnswer) -> dict[str, object]:
    return {
        "type": "result",
        "apply_id": None,
        "state": None,
        "exit_code": int(ExitCode.DONE),
        "error": None,
        "error_code": None,
        "plan_id": plan.plan_id,
    }
