"""Applies and control requests on the wire (A-18, A-20, A-22)."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from schemabot.api.schemas.wire import Answer, ApplyIdText, Instant, PlanIdText
from schemabot.config.strict import Lax, Strict
from schemabot.config.units import Name
from schemabot.domain.apply import ApplyOptions, Priority
from schemabot.domain.control import ControlAnswer
from schemabot.service.views import Accepted
from tern.values.run import RunOptions

Volume = Annotated[int, Field(ge=1, le=11)]
ShortText = Annotated[str, Field(min_length=1, max_length=191)]


class OptionsBody(Strict):
    """`options` of an apply."""

    not_yet: ClassVar[frozenset[str]] = frozenset({"override_hold"})

    allow_unsafe: bool = False
    defer_cutover: bool = False
    defer_deploy: bool = False
    skip_revert: bool = False
    volume: Volume | None = None
    branch: ShortText | None = None
    not_before: Instant | None = None
    start_before: Instant | None = None
    priority: Annotated[Priority, Lax] = Priority.NORMAL


class ApplyBody(Strict):
    """`POST /api/apply`."""

    plan_id: PlanIdText
    environment: Name
    lock_owner: ShortText | None = None
    release_lock: bool = True
    options: OptionsBody = OptionsBody()

    def apply_options(self, *, lock_owner: str) -> ApplyOptions:
        """The options as the queue takes them."""
        options = self.options
        return ApplyOptions(
            run=RunOptions(
                allow_unsafe=options.allow_unsafe,
                defer_cutover=options.defer_cutover,
                defer_deploy=options.defer_deploy,
                skip_revert=options.skip_revert,
                volume=options.volume,
                branch=options.branch,
            ),
            priority=options.priority,
            not_before=options.not_before,
            start_before=options.start_before,
            lock_owner=lock_owner,
            release_lock=self.release_lock,
        )


class ControlBody(Strict):
    """A control request."""

    apply_id: ApplyIdText
    environment: Name


class CutoverBody(ControlBody):
    """`POST /api/cutover`."""

    take_back: bool = False


class VolumeBody(ControlBody):
    """`POST /api/volume`."""

    volume: Volume


class AcceptedTaskAnswer(Answer):
    """One table's statement of an accepted apply."""

    task_id: str
    namespace: str
    table: str
    change_type: str
    verdict: str
    ddl: str
    state: str


class AcceptedAnswer(Answer):
    """202 of an apply."""

    apply_id: str
    plan_id: str
    database: str
    environment: str
    state: str
    status: str
    tasks: tuple[AcceptedTaskAnswer, ...]
    links: Mapping[str, str]


class ControlRequestAnswer(Answer):
    """202 of a control request."""

    apply_id: str
    operation: str
    request_id: str | None
    state: str
    previous_volume: int | None
    new_volume: int | None
    status: str


def accepted_answer(accepted: Accepted) -> AcceptedAnswer:
    """The accepted apply as it is answered."""
    apply = accepted.apply
    progress = f"/api/progress/{apply.apply_id}"
    return AcceptedAnswer(
        apply_id=apply.apply_id,
        plan_id=apply.plan_id,
        database=apply.target.database,
        environment=apply.target.environment,
        state=apply.state,
        status="started" if accepted.started else "queued",
        tasks=tuple(
            AcceptedTaskAnswer(
                task_id=task.task_id,
                namespace=task.namespace,
                table=task.table,
                change_type=task.change_type,
                verdict=task.verdict,
                ddl=task.ddl,
                state=task.state,
            )
            for task in apply.tasks
        ),
        links={
            "progress": progress,
            "events": f"{progress}/events",
            "logs": f"/api/logs/{apply.apply_id}",
        },
    )


def control_answer(answer: ControlAnswer) -> ControlRequestAnswer:
    """A control request's answer."""
    return ControlRequestAnswer(
        apply_id=answer.apply_id,
        operation=answer.operation,
        request_id=None if answer.request is None else answer.request.request_id,
        state=answer.state,
        previous_volume=answer.previous_volume,
        new_volume=answer.new_volume,
        status=answer.status,
    )
