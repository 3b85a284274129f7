"""Work and executions as small as they get."""

from schemabot.domain.execution import Execution, Order
from schemabot.domain.states import ApplyState
from tern.values.plan import ChangeType, Verdict
from tern.values.run import Work, WorkStatement
from tern.values.target import DatabaseType, Target
from tests.support.leases import a_lease


def a_target(database: str = "shop", environment: str = "staging") -> Target:
    return Target(database=database, type=DatabaseType.MYSQL, environment=environment)


def a_statement(task_id: str = "task-00000000000000aa", *, ordinal: int = 0) -> WorkStatement:
    return WorkStatement(
        task_id=task_id,
        ordinal=ordinal,
        namespace="shop",
        schema="shop",
        table="orders",
        change_type=ChangeType.ALTER,
        ddl="ALTER TABLE `orders` ADD COLUMN `note` text",
        verdict=Verdict.COPY,
    )


def an_execution(
    *, state: ApplyState = ApplyState.PENDING, orders: tuple[Order, ...] = ()
) -> Execution:
    lease = a_lease()
    work = Work(apply_id=lease.apply_id, target=a_target(), statements=(a_statement(),))
    return Execution(lease=lease, work=work, state=state, orders=orders)
