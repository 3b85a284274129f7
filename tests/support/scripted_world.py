"""LocalTern over a scripted target: the world of its contract tests."""

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from tern.engine.port import Engine
from tern.errors import StatementRejected
from tern.local.access import TargetAccess
from tern.local.drives import Rhythm
from tern.local.engines import Engines
from tern.local.steps import Route
from tern.local.tern import LocalTern
from tern.mysql.connect import ConnectParams
from tern.values.plan import ChangeType, Verdict
from tern.values.run import RunOptions, Work, WorkStatement
from tern.values.target import DatabaseType, Target
from tests.support.scripted_engine import CAPABILITIES, ScriptedEngine, fails, hangs
from tests.support.scripted_target import ScriptedSite, ScriptedTarget

SCHEMA = "shop"
TARGET = Target(database="shop", type=DatabaseType.MYSQL, environment="test")
ACCESS = TargetAccess(type=DatabaseType.MYSQL, params=ConnectParams(user="nobody"))
OLD = "CREATE TABLE `{}` (\n  `id` int NOT NULL\n) ENGINE=InnoDB"
NEW = "CREATE TABLE `{}` (\n  `id` int NOT NULL,\n  `note` int DEFAULT NULL\n) ENGINE=InnoDB"


class ScriptedWorld:
    """See `tests.contracts.tern.World`; `has_online` says whether copies can be run."""

    def __init__(self, *, has_online: bool = True) -> None:
        self.target = ScriptedTarget()
        self.engines: list[ScriptedEngine] = []
        self._has_online = has_online
        self.tern = self._tern(Rhythm(look=timedelta(milliseconds=5)))

    def rest_after(self, wait: timedelta) -> None:
        """From now on a cutover that nobody orders is waited for so long."""
        self.tern = self._tern(Rhythm(look=timedelta(milliseconds=5), cutover_wait=wait))

    def work(self) -> Work:
        return self.work_of(created("made"), altered("kept"), dropped("gone"), allow_unsafe=True)

    def work_of(
        self,
        *statements: WorkStatement,
        allow_unsafe: bool = False,
        defer_cutover: bool = False,
        volume: int | None = None,
    ) -> Work:
        """Work of these statements, whose tables are as they start from."""
        for statement in statements:
            if statement.base is not None:
                self.target.tables[SCHEMA, statement.table] = statement.base
        numbered = tuple(
            _numbered(statement, ordinal) for ordinal, statement in enumerate(statements)
        )
        options = RunOptions(allow_unsafe=allow_unsafe, defer_cutover=defer_cutover, volume=volume)
        return Work(apply_id="apply-1", target=TARGET, statements=numbered, options=options)

    def effects(self) -> Sequence[str]:
        return self.target.effects

    def change_by_hand(self, ordinal: int) -> None:
        table = ("made", "kept", "gone")[ordinal]
        self.target.tables[SCHEMA, table] = "CREATE TABLE changed"

    def failing(self, work: Work, ordinal: int) -> Work:
        table = work.statements[ordinal].table
        error = StatementRejected(table=table, number=1091, reason="no such column")
        self.target.acts[table].append(fails(error))
        return work

    @contextmanager
    def blocked(self, ordinal: int) -> Iterator[None]:
        table = ("made", "kept", "gone")[ordinal]
        self.target.acts[table] = deque([hangs()])
        yield
        self.target.acts[table].clear()

    def _tern(self, rhythm: Rhythm) -> LocalTern:
        online = (lambda _: self._engine(Route.ONLINE)) if self._has_online else None
        return LocalTern(
            {("shop", "test"): ACCESS},
            engines=Engines(direct=lambda _: self._engine(Route.DIRECT), online=online),
            make_site=lambda _: ScriptedSite(self.target),
            rhythm=rhythm,
        )

    def _engine(self, route: Route) -> Engine:
        engine = ScriptedEngine(self.target, CAPABILITIES[route])
        self.engines.append(engine)
        return engine


def created(table: str) -> WorkStatement:
    """A CREATE."""
    return _statement(ChangeType.CREATE, table, desired=NEW.format(table))


def altered(table: str, verdict: Verdict = Verdict.INSTANT) -> WorkStatement:
    """An ALTER that adds a column."""
    texts = OLD.format(table), NEW.format(table)
    return _statement(ChangeType.ALTER, table, base=texts[0], desired=texts[1], verdict=verdict)


def dropped(table: str) -> WorkStatement:
    """A DROP."""
    return _statement(ChangeType.DROP, table, base=OLD.format(table))


def _statement(
    change_type: ChangeType,
    table: str,
    *,
    base: str | None = None,
    desired: str | None = None,
    verdict: Verdict = Verdict.DIRECT,
) -> WorkStatement:
    return WorkStatement(
        task_id="",
        ordinal=0,
        namespace=SCHEMA,
        schema=SCHEMA,
        table=table,
        change_type=change_type,
        ddl=f"{change_type.upper()} TABLE `{table}` ...",
        verdict=verdict,
        base=base,
        desired=desired,
    )


def _numbered(statement: WorkStatement, ordinal: int) -> WorkStatement:
    return replace(statement, ordinal=ordinal, task_id=f"task-{ordinal}")
