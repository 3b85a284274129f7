"""Endpoints: plan, rollback plan, plans, pull, lint, drift."""

from starlette.requests import Request
from starlette.responses import Response

from schemabot.api.answering import ok, written
from schemabot.api.decoding import Limits, caller_of, no_query, read_body, read_query
from schemabot.api.schemas.plan import (
    PullAnswer,
    drift_answer,
    finding_answer,
    lint_answer,
    plan_answer,
    plans_answer,
)
from schemabot.api.schemas.plan_requests import (
    DriftBody,
    LintBody,
    PlanBody,
    PlansQuery,
    PullBody,
    RollbackBody,
)
from schemabot.api.schemas.status import parse_pull_request
from schemabot.domain.ids import ApplyId, parse_plan_id
from schemabot.domain.plan import Plan, PlanFilter, PlanSource
from schemabot.service.linting import texts_by_file
from schemabot.service.once import Once
from schemabot.service.planning import PlanCommand
from schemabot.service.services import Services
from tern.values.plan import Finding


def _text(plan: Plan) -> str:
    return plan_answer(plan).text()


class PlanEndpoints:
    """What needs a Tern, and what it gave."""

    def __init__(self, services: Services, *, limits: Limits) -> None:
        self._planning = services.planning
        self._undoing = services.undoing
        self._comparing = services.comparing
        self._linting = services.linting
        self._limits = limits

    async def plan(self, request: Request) -> Response:
        """`POST /api/plan`."""
        body = await read_body(request, PlanBody, limits=self._limits)
        answer = await self._planning.plan(
            _command(body.value), caller=caller_of(request), once=Once(render=_text, key=body.key)
        )
        return written(answer, status=200)

    async def rollback(self, request: Request) -> Response:
        """`POST /api/rollback/plan`."""
        body = await read_body(request, RollbackBody, limits=self._limits)
        answer = await self._undoing.plan(
            ApplyId(body.value.apply_id),
            caller=caller_of(request),
            once=Once(render=_text, key=body.key),
        )
        return written(answer, status=200)

    async def drift(self, request: Request) -> Response:
        """`POST /api/drift`."""
        body = (await read_body(request, DriftBody, limits=self._limits)).value
        drift = await self._comparing.drift(
            body.database, body.environment, desired=body.desired, caller=caller_of(request)
        )
        return ok(drift_answer(drift, database=body.database, environment=body.environment))

    async def list(self, request: Request) -> Response:
        """`GET /api/plans`."""
        query = read_query(request, PlansQuery)
        wanted = PlanFilter(
            database=query.database,
            environment=query.environment,
            pull_request=parse_pull_request(query.pull_request),
        )
        page = await self._planning.find(
            wanted, caller=caller_of(request), limit=query.limit, cursor=query.cursor
        )
        return ok(plans_answer(page))

    async def get(self, request: Request) -> Response:
        """`GET /api/plans/{plan_id}`."""
        no_query(request)
        plan_id = parse_plan_id(request.path_params["plan_id"])
        return ok(plan_answer(await self._planning.get(plan_id, caller=caller_of(request))))

    async def pull(self, request: Request) -> Response:
        """`POST /api/pull`."""
        body = (await read_body(request, PullBody, limits=self._limits)).value
        pulled = await self._planning.pull(
            body.database, body.environment, namespaces=body.namespaces, caller=caller_of(request)
        )
        files = {name: texts_by_file(tables) for name, tables in pulled.tables.items()}
        findings: tuple[Finding, ...] = ()
        if body.lint:
            judged = await self._linting.pulled(
                pulled, body.database, body.environment, caller=caller_of(request)
            )
            findings = judged.findings
        return ok(PullAnswer(files=files, findings=tuple(map(finding_answer, findings))))

    async def lint(self, request: Request) -> Response:
        """`POST /api/lint`."""
        command = (await read_body(request, LintBody, limits=self._limits)).value.command
        result = await self._linting.lint(command, caller=caller_of(request))
        return ok(lint_answer(result, command))


def _command(body: PlanBody) -> PlanCommand:
    return PlanCommand(
        database=body.database,
        environment=body.environment,
        type=body.type,
        desired=body.desired,
        source=PlanSource(
            repository=body.repository,
            pull_request=body.pull_request,
            head_sha=body.head_sha,
            schema_path=body.schema_path,
        ),
    )
