"""Plans on the wire: the whole stored plan, and what a live schema is (A-14 to A-16)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from pydantic import AliasChoices, Field

from schemabot.api.schemas.plan_requests import FileTexts
from schemabot.api.schemas.wire import (
    Answer,
    EstimateAnswer,
    estimate_answer,
)
from schemabot.domain.page import Page
from schemabot.domain.plan import Plan
from schemabot.service.commands import LintCommand
from schemabot.service.views import Drift
from tern.values.plan import Finding, PlannedStatement, PlanResult, Problem, SchemaObject


class StatementAnswer(Answer):
    """One statement of a plan."""

    ordinal: int
    namespace: str
    schema_name: Annotated[
        str,
        Field(serialization_alias="schema", validation_alias=AliasChoices("schema", "schema_name")),
    ]
    table: str
    change_type: str
    ddl: str
    verdict: str
    reason: str | None
    proof: str | None
    unsafe_reasons: tuple[str, ...]
    evidence: Mapping[str, str]
    estimate: EstimateAnswer | None
    details: Mapping[str, str]
    shards: tuple[str, ...]


class FindingAnswer(Answer):
    """What a lint rule says."""

    rule: str
    severity: str
    namespace: str
    table: str
    object: str | None
    file: str | None
    line: int | None
    column: int | None
    message: str
    fixable: bool


class ProblemAnswer(Answer):
    """What is wrong with the files."""

    code: str
    namespace: str | None
    table: str | None
    file: str | None
    line: int | None
    column: int | None
    message: str


class ObjectAnswer(Answer):
    """Something in a schema that the plan leaves alone."""

    namespace: str
    kind: str
    name: str
    reason: str


class ServerAnswer(Answer):
    """The server that judged."""

    flavor: str
    version: str
    uuid: str
    place: str


class PlanAnswer(Answer):
    """One stored plan."""

    plan_id: str
    plan_hash: str
    desired_hash: str
    database: str
    database_type: str
    environment: str
    deployment: str
    route: str
    engine: str
    caller: str
    has_changes: bool
    is_unsafe: bool
    is_applicable: bool
    namespaces: Mapping[str, str]
    statements: tuple[StatementAnswer, ...]
    findings: tuple[FindingAnswer, ...]
    errors: tuple[ProblemAnswer, ...]
    warnings: tuple[str, ...]
    unmanaged: tuple[ObjectAnswer, ...]
    ignored: tuple[ObjectAnswer, ...]
    vschema_diffs: Mapping[str, str]
    estimate: EstimateAnswer | None
    server: ServerAnswer | None
    repository: str | None
    pull_request: int | None
    head_sha: str | None
    created_at: datetime
    expires_at: datetime


class PlansAnswer(Answer):
    """A page of plans."""

    plans: tuple[PlanAnswer, ...]
    has_more: bool
    next_cursor: str | None


class PullAnswer(Answer):
    """The live schema."""

    files: FileTexts
    findings: tuple[FindingAnswer, ...]


class LintAnswer(Answer):
    """What the rules say; `fixed_files` is null unless fixes were asked for."""

    database: str
    environment: str
    findings: tuple[FindingAnswer, ...]
    errors: tuple[ProblemAnswer, ...]
    warnings: tuple[str, ...]
    fixed_files: FileTexts | None
    unfixed: tuple[ObjectAnswer, ...]


class DriftAnswer(Answer):
    """How a live schema differs from its files."""

    database: str
    environment: str
    result: str
    as_of: datetime
    baseline_apply_id: str | None
    statements: tuple[StatementAnswer, ...]
    error: str | None


def lint_answer(result: PlanResult, command: LintCommand) -> LintAnswer:
    """The findings as they are answered."""
    return LintAnswer(
        database=command.database,
        environment=command.environment,
        findings=tuple(map(finding_answer, result.findings)),
        errors=tuple(map(_problem, result.problems)),
        warnings=result.warnings,
        fixed_files=None if command.fixes is None else result.fixed,
        unfixed=tuple(map(_object, result.unfixed)),
    )


def drift_answer(drift: Drift, *, database: str, environment: str) -> DriftAnswer:
    """The comparison as it is answered."""
    statements = () if drift.plan is None else drift.plan.statements
    return DriftAnswer(
        database=database,
        environment=environment,
        result=drift.result,
        as_of=drift.as_of,
        baseline_apply_id=drift.baseline,
        statements=tuple(map(_statement, statements)),
        error=drift.error,
    )


def plan_answer(plan: Plan) -> PlanAnswer:
    """The plan as it is answered."""
    result, source = plan.result, plan.source
    return PlanAnswer(
        plan_id=plan.plan_id,
        plan_hash=plan.plan_hash,
        desired_hash=plan.desired_hash,
        database=plan.target.database,
        database_type=plan.target.type,
        environment=plan.target.environment,
        deployment=plan.target.deployment,
        route=plan.route,
        engine=plan.engine,
        caller=plan.caller,
        has_changes=plan.has_changes,
        is_unsafe=plan.is_unsafe,
        is_applicable=plan.is_applicable,
        namespaces=result.namespaces,
        statements=tuple(map(_statement, result.statements)),
        findings=tuple(map(finding_answer, result.findings)),
        errors=tuple(map(_problem, result.problems)),
        warnings=result.warnings,
        unmanaged=tuple(map(_object, result.unmanaged)),
        ignored=tuple(map(_object, result.ignored)),
        vschema_diffs={},
        estimate=estimate_answer(result.estimate),
        server=_server(result),
        repository=source.repository,
        pull_request=source.pull_request,
        head_sha=source.head_sha,
        created_at=plan.created_at,
        expires_at=plan.expires_at,
    )


def plans_answer(page: Page[Plan]) -> PlansAnswer:
    """A page as it is answered."""
    return PlansAnswer(
        plans=tuple(map(plan_answer, page.items)),
        has_more=page.next_cursor is not None,
        next_cursor=page.next_cursor,
    )


def finding_answer(finding: Finding) -> FindingAnswer:
    """A finding as it is answered."""
    return FindingAnswer(
        rule=finding.rule,
        severity=finding.severity,
        namespace=finding.namespace,
        table=finding.table,
        object=finding.object,
        file=finding.file,
        line=finding.line,
        column=finding.column,
        message=finding.message,
        fixable=finding.fixable,
    )


def _statement(statement: PlannedStatement) -> StatementAnswer:
    return StatementAnswer(
        ordinal=statement.ordinal,
        namespace=statement.namespace,
        schema_name=statement.schema,
        table=statement.table,
        change_type=statement.change_type,
        ddl=statement.ddl,
        verdict=statement.verdict,
        reason=statement.reason,
        proof=statement.proof,
        unsafe_reasons=statement.unsafe_reasons,
        evidence=statement.evidence,
        estimate=estimate_answer(statement.estimate),
        details=statement.details,
        shards=(),
    )


def _problem(problem: Problem) -> ProblemAnswer:
    return ProblemAnswer(
        code=problem.code,
        namespace=problem.namespace,
        table=problem.table,
        file=problem.file,
        line=problem.line,
        column=problem.column,
        message=problem.message,
    )


def _object(found: SchemaObject) -> ObjectAnswer:
    return ObjectAnswer(
        namespace=found.namespace, kind=found.kind, name=found.name, reason=found.reason
    )


def _server(result: PlanResult) -> ServerAnswer | None:
    server = result.server
    if server is None:
        return None
    return ServerAnswer(
        flavor=server.flavor, version=server.version, uuid=server.uuid, place=server.place
    )
