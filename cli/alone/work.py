"""What a stand-alone run carries out: an earlier run's unfinished work, or a new plan of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from secrets import token_hex

from schemabot.domain.ids import PlanId
from schemabot.domain.plan import Plan, PlanSource, hash_plan
from tern.binlog.watched_table import TableName
from tern.ddl.alter_statement import AlterStatement
from tern.engine.fence.claimant import Claimant
from tern.engine.fence.kept import kept_works
from tern.engine.online.checkpoint import Checkpoint
from tern.engine.online.names import own_names
from tern.engine.online.phases import Phase
from tern.local.planning.alteration import wanted_files
from tern.local.planning.plan import plan
from tern.local.stored_work import work_from
from tern.mysql.connect import ConnectParams
from tern.mysql.connection import Connection
from tern.values.plan import PlannedStatement, PlanRequest, PlanResult
from tern.values.run import Work, WorkStatement
from tern.values.target import DatabaseType, Target

PREFIX = "alter-"
_SOURCE = "this command line"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What is to be done.

    Attributes:
        plan: As it is shown; None for what an earlier run has begun.
    """

    work: Work
    plan: Plan | None


def find_begun(
    connection: Connection, schema: str, statements: Sequence[AlterStatement]
) -> Prepared | None:
    """The work of an earlier run of these very statements that has not ended."""
    prefix = _prefix(schema, statements)
    for kept in kept_works(connection, schema, prefix=prefix):
        if not kept.has_ended:
            return Prepared(work=work_from(kept.work), plan=None)
    return None


def find_left(connection: Connection, schema: str, table: str) -> Work | None:
    """The newest work on the table that has not ended, or whose checkpoint still stands."""
    for kept in kept_works(connection, schema, prefix=PREFIX):
        work = work_from(kept.work)
        if table not in {statement.table for statement in work.statements}:
            continue
        if not kept.has_ended or checkpoint_of(work).exists(connection):
            return work
    return None


def checkpoint_of(work: Work) -> Checkpoint:
    """Where the work's copy says how far it is, whichever of its tables is the first copied."""
    first = next((each for each in work.statements if each.verdict == "copy"), work.statements[0])
    names = own_names(work.apply_id, TableName(first.schema, first.table))
    nobody = Claimant(apply_id=work.apply_id, home=first.schema, epoch=0, instance=0)
    return Checkpoint(names.checkpoint, nobody)


def phase_of(connection: Connection, work: Work) -> Phase | None:
    """How far the work's copy is by its checkpoint; None where there is none."""
    saved = checkpoint_of(work).read(connection)
    return None if saved is None else saved.phase


def make_plan(
    params: ConnectParams, kind: DatabaseType, statements: Sequence[AlterStatement]
) -> Prepared:
    """A proven plan of the statements and the work that it makes.

    Raises:
        SchemaBotError: the server refuses a statement, or can't be planned for. Nothing stays.
    """
    schema = params.schema or ""
    target = Target(database=schema, type=kind, environment=params.place)
    desired = wanted_files(params, statements, target=target, schema=schema)
    result = plan(params, PlanRequest(target=target, desired=desired))
    apply_id = f"{_prefix(schema, statements)}{token_hex(3)}"
    work = Work(
        apply_id=apply_id,
        target=target,
        statements=tuple(map(_statement, result.statements)),
        session=dict(result.session),
        caller=_SOURCE,
    )
    return Prepared(work=work, plan=_shown(result, work))


def _prefix(schema: str, statements: Sequence[AlterStatement]) -> str:
    """The same for the same statements, in whatever order they were given."""
    texts = sorted(f"{each.table}\0{each.clauses}" for each in statements)
    digest = sha256("\0".join([schema, *texts]).encode()).hexdigest()[:10]
    return f"{PREFIX}{digest}-"


def _statement(planned: PlannedStatement) -> WorkStatement:
    return WorkStatement(
        task_id=f"task-{planned.ordinal}",
        ordinal=planned.ordinal,
        namespace=planned.namespace,
        schema=planned.schema,
        table=planned.table,
        change_type=planned.change_type,
        ddl=planned.ddl,
        verdict=planned.verdict,
        base=planned.base,
        desired=planned.desired,
        unsafe_reasons=planned.unsafe_reasons,
        details=dict(planned.details),
        evidence=dict(planned.evidence),
    )


def _shown(result: PlanResult, work: Work) -> Plan:
    now = datetime.now(UTC)
    return Plan(
        plan_id=PlanId(work.apply_id),
        plan_hash=hash_plan(work.target, result),
        desired_hash="",
        target=work.target,
        route="local",
        engine="online",
        result=result,
        source=PlanSource(),
        caller=_SOURCE,
        created_at=now,
        expires_at=now + timedelta(days=1),
    )
