"""The flow of a stand-alone run: look, gates, consent, drive, say how it ended (C-44, C-45)."""

import os
import signal
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from threading import Event
from time import monotonic

import anyio

from cli.alone.driving import Driver, NoLease, Orders
from cli.alone.guard import check_free, guarded, is_at_work, open_session, release_lock
from cli.alone.picture import AlonePicture
from cli.alone.showing import Show
from cli.alone.work import Prepared, find_begun, find_left, make_plan, phase_of
from cli.errors import NotHeld, NothingLeft, ServiceRefusal
from cli.exit_codes import ExitCode
from cli.render.plan import plan_lines, refused_statements
from cli.screen import Screen
from schemabot.api.schemas.plan import plan_answer
from schemabot.domain.plan import Plan
from tern.ddl.alter_statement import AlterStatement, read_alter
from tern.engine.online.engine import OnlineEngine
from tern.engine.online.options import OnlineOptions
from tern.engine.online.phases import Phase
from tern.engine.port import EngineRun
from tern.errors import SchemaBotError
from tern.local.threads import Threads
from tern.mysql import named_lock
from tern.mysql.connect import ConnectParams
from tern.mysql.connection import Connection
from tern.values.control import SignalKind
from tern.values.plan import Verdict
from tern.values.progress import Progress
from tern.values.run import (
    Completed,
    EndState,
    Outcome,
    Permanent,
    Retryable,
    RunOptions,
    Unknown,
    Work,
)
from tern.values.target import DatabaseType

_RELEASE_LOOK_SECONDS = 0.5
_RELEASE_WITHIN_SECONDS = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AlterRequest:
    """What was asked for on the command line; `params` name the schema."""

    params: ConnectParams
    statements: tuple[str, ...]
    run: RunOptions
    engine: OnlineOptions
    yes: bool
    heartbeat: float

    @property
    def schema(self) -> str:
        """The schema in which all statements are."""
        return self.params.schema or ""


async def alter(screen: Screen, request: AlterRequest, *, is_dry: bool) -> ExitCode:
    """Carry the statements out, or go on with an earlier run of them.

    Raises:
        SchemaBotError: a gate is closed; nothing was changed.
    """
    statements = [read_alter(text, schema=request.schema) for text in request.statements]
    threads = Threads(limit=2)
    with ExitStack() as stack:
        enter = partial(stack.enter_context, guarded(request.params, request.schema))
        guard = await threads.call(enter, name="alter: guard")
        prepare = partial(_prepare, request, guard, statements)
        prepared = await threads.call(prepare, name="alter: plan")
        if not _gate(screen, prepared, request):
            return ExitCode.DONE
        work = replace(prepared.work, options=request.run)
        if prepared.plan is not None:
            check = partial(_check, request, work)
            for notice in await threads.call(check, name="alter: preflight"):
                screen.note(notice)
        if is_dry:
            screen.note("It would start; nothing was written.")
            return ExitCode.DONE
        if not request.yes:
            tables = ", ".join(each.table for each in work.statements)
            await screen.confirm(f"Change {tables} on {request.params.place}?")
        task = _Task(request=request, guard=guard, work=work, plan=prepared.plan)
        return await _drive(screen, task)


async def cancel(screen: Screen, request: AlterRequest, *, table: str) -> ExitCode:
    """Nothing of an earlier run on this table is left.

    Raises:
        NothingLeft: there is nothing of one.
        TargetBusy: it is still at work; stop it there.
    """
    threads = Threads(limit=2)
    with ExitStack() as stack:
        enter = partial(stack.enter_context, guarded(request.params, request.schema))
        guard = await threads.call(enter, name="alter: guard")
        work = await threads.call(
            partial(find_left, guard, request.schema, table), name="alter: look"
        )
        if work is None:
            raise NothingLeft(table=f"{request.schema}.{table}")
        if not request.yes:
            await screen.confirm(f"Drop what {work.apply_id} left beside {table}?")
        task = _Task(request=request, guard=guard, work=work, order=SignalKind.CANCEL)
        return await _drive(screen, task)


async def release(screen: Screen, request: AlterRequest, *, table: str) -> ExitCode:
    """The cutover of a run that waits in another process has gone on.

    Raises:
        NotHeld: no stand-alone run of this table waits.
    """
    await Threads(limit=1).call(partial(_release, request, table), name="alter: release")
    screen.note(f"{table}: the cutover goes on.")
    return ExitCode.DONE


def _prepare(
    request: AlterRequest, guard: Connection, statements: Sequence[AlterStatement]
) -> Prepared:
    begun = find_begun(guard, request.schema, statements)
    if begun is not None:
        return begun
    check_free(guard, request.params, request.schema)
    kind = DatabaseType.MARIADB if guard.flavor.is_mariadb() else DatabaseType.MYSQL
    return make_plan(request.params, kind, statements)


def _gate(screen: Screen, prepared: Prepared, request: AlterRequest) -> bool:
    """Whether there is something to do. Raises ServiceRefusal: it may not be done."""
    if prepared.plan is None:
        screen.note(f"{prepared.work.apply_id} was begun earlier; going on with it.")
        return True
    plan: Plan = prepared.plan
    shown = plan_answer(plan)
    screen.show(plan_lines(shown, signs=screen.signs, with_next=False))
    if screen.is_json:
        screen.document({"type": "plan", **shown.model_dump(mode="json")})
    if shown.errors or refused_statements(shown):
        raise _refusal("plan_refused", "it is refused, for the reasons above")
    if shown.is_unsafe and not request.run.allow_unsafe:
        raise _refusal(
            "unsafe_not_allowed", "it can lose data", "add --allow-unsafe if that is meant"
        )
    return plan.has_changes


def _check(request: AlterRequest, work: Work) -> tuple[str, ...]:
    """What is worth knowing before the copies start, if their preflight lets them.

    Raises:
        PreflightFailed: it does not.
    """
    copies = tuple(each for each in work.statements if each.verdict is Verdict.COPY)
    if not copies:
        return ()
    run = EngineRun(
        change_id=work.apply_id,
        place=request.params.place,
        statements=copies,
        fence=NoLease(),
        options=work.options,
        session=work.session,
        home=copies[0].schema,
    )
    return OnlineEngine(request.params, options=request.engine).check(run)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """Work that is about to be driven.

    Attributes:
        guard: Shows that no other stand-alone run is at work.
        order: What is asked of it from the start.
    """

    request: AlterRequest
    guard: Connection
    work: Work
    plan: Plan | None = None
    order: SignalKind | None = None


async def _drive(screen: Screen, task: _Task) -> ExitCode:
    statements = () if task.plan is None else task.plan.result.statements
    estimates = tuple(each.estimate for each in statements)
    picture = AlonePicture(task.work, estimates)
    show = Show(screen=screen, picture=picture, heartbeat=task.request.heartbeat)
    orders = Orders()
    if task.order is not None:
        orders.give(task.order)
    driver = Driver(
        params=task.request.params,
        options=task.request.engine,
        orders=orders,
        audience=show,
        guard=task.guard,
    )
    with show.open():
        outcome, interrupted = await _driven(driver, task.work)
        if isinstance(outcome, Permanent):
            await _clean_up(driver, task.work)
    error = _error_of(outcome)
    code = _code(outcome, interrupted=interrupted, cancelling=task.order is not None)
    show.end(code, error)
    if error is not None and not screen.is_json:
        screen.failure(error)
    if interrupted and code is ExitCode.INTERRUPTED:
        screen.note("Stopped. The same command goes on; --cancel --table drops what was copied.")
    return code


async def _driven(driver: Driver, work: Work) -> tuple[Outcome, bool]:
    """The outcome, and whether somebody interrupted; then the run has come to rest first."""
    outcomes: list[Outcome] = []
    is_interrupted = False

    async def listen() -> None:
        nonlocal is_interrupted
        with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
            async for _ in signals:
                if is_interrupted:
                    os._exit(ExitCode.INTERRUPTED)
                is_interrupted = True
                driver.audience.note("coming to rest; what was copied is kept")
                driver.orders.give(SignalKind.STOP)

    async with anyio.create_task_group() as group:
        group.start_soon(listen, name="alter: interrupts")
        outcomes.append(await driver.to_end(work))
        group.cancel_scope.cancel()
    return outcomes[0], is_interrupted


async def _clean_up(driver: Driver, work: Work) -> None:
    """A change that can't succeed leaves nothing beside the table."""
    driver.orders.give(SignalKind.CANCEL)
    await replace(driver, audience=_Silent()).to_end(work)


class _Silent:
    def progress(self, progress: Progress) -> None:
        """Said already how it ended."""

    def note(self, text: str) -> None:
        """Nothing."""


def _release(request: AlterRequest, table: str) -> None:
    with open_session(request.params) as connection:
        work = find_left(connection, request.schema, table)
        if work is None or not is_at_work(connection, request.schema):
            raise NotHeld(table=table, reason="no `schemabot alter` of it is at work")
        phase = phase_of(connection, work)
        if phase is not Phase.HELD:
            reason = f"its copy does not wait for a cutover (phase: {phase or 'not begun'})"
            raise NotHeld(table=table, reason=reason)
        deadline, never = monotonic() + _RELEASE_WITHIN_SECONDS, Event()
        with named_lock.held(connection, release_lock(request.schema, table)):
            while phase is Phase.HELD and monotonic() < deadline:
                never.wait(_RELEASE_LOOK_SECONDS)
                phase = phase_of(connection, work)
    if phase is Phase.HELD:
        raise NotHeld(table=table, reason="the waiting process did not answer")


def _error_of(outcome: Outcome) -> SchemaBotError | None:
    match outcome:
        case Permanent(error=error) | Retryable(error=error) | Unknown(error=error):
            return error
        case _:
            return None


def _code(outcome: Outcome, *, interrupted: bool, cancelling: bool) -> ExitCode:
    match outcome:
        case Completed(end=EndState.COMPLETED):
            return ExitCode.DONE
        case Completed(end=EndState.CANCELLED) if cancelling:
            return ExitCode.DONE
        case _:
            return ExitCode.INTERRUPTED if interrupted else ExitCode.FAILED


def _refusal(code: str, said: str, next_action: str = "change the statement") -> ServiceRefusal:
    return ServiceRefusal(
        status=409, answered=code, message=said, next_action=next_action, details={}
    )
