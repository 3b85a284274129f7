"""A schema on a real server, and plans for it."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from threading import Event

from integration.databases import Database, connect, query
from integration.servers.throwaway import Server
from schemabot.service.linting import texts_by_file
from tern.local.planning.plan import plan
from tern.local.planning.printed import PrintedTexts
from tern.local.planning.pull import pull
from tern.local.planning.settings import PlanSettings
from tern.mysql.connect import ConnectParams
from tern.values.plan import PlannedStatement, PlanRequest, PlanResult, PullRequest
from tern.values.schema_files import SchemaConfig, SchemaFiles
from tern.values.target import DatabaseType, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who may less than root."""

    user: str
    password: str


ROOT = Account(user="root", password="")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTarget:
    """One namespace, `shop`, on a schema of its own."""

    database: Database
    config: SchemaConfig = field(default_factory=SchemaConfig)
    settings: PlanSettings = field(default_factory=PlanSettings)
    account: Account = ROOT

    @property
    def server(self) -> Server:
        """Where it is."""
        return self.database.server

    @property
    def is_mariadb(self) -> bool:
        """Whether the server is MariaDB."""
        return self.server.flavor == "mariadb"

    @property
    def params(self) -> ConnectParams:
        """How to come there."""
        return ConnectParams(
            host=self.server.host,
            port=self.server.port,
            user=self.account.user,
            password=self.account.password,
        )

    def run(self, *statements: str) -> None:
        """Run statements in the schema."""
        with closing(self.database.connect()) as session, session.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def plan(self, *sources: str, **more: str) -> PlanResult:
        """The plan for these texts, each a file of the namespace `shop`."""
        return self.plan_files({
            "shop": {f"{number}.sql": text for number, text in enumerate(sources)} | more
        })

    def plan_files(
        self,
        files: Mapping[str, Mapping[str, str]],
        *,
        schemas: Mapping[str, str] | None = None,
        stopping: Event | None = None,
        printed: PrintedTexts | None = None,
    ) -> PlanResult:
        """The plan for files by namespace; `shop` stands for the schema."""
        target = Target(
            database="shop",
            type=DatabaseType(self.server.flavor),
            environment="test",
            schemas={"shop": self.database.name, **(schemas or {})},
        )
        request = PlanRequest(target=target, desired=SchemaFiles(files=files, config=self.config))
        return plan(
            self.params, request, settings=self.settings, stopping=stopping, printed=printed
        )

    def show(self, table: str) -> str:
        """The server's own text of a table."""
        rows = self.database.query(f"SHOW CREATE TABLE `{table}`")
        return str(rows[0][1])

    def with_settings(self, settings: PlanSettings) -> "PlanTarget":
        """The same target, configured otherwise."""
        return replace(self, settings=settings)

    def as_account(self, account: Account) -> "PlanTarget":
        """The same target, for another account."""
        return replace(self, account=account)


def only(result: PlanResult) -> PlannedStatement:
    """The single statement of a plan without problems."""
    assert not result.problems, result.problems
    assert len(result.statements) == 1, [statement.ddl for statement in result.statements]
    return result.statements[0]


def codes(result: PlanResult) -> list[str]:
    """The codes of a plan's problems, in order."""
    return [problem.code for problem in result.problems]


def scratch_schemas(server: Server) -> list[str]:
    """Scratch schemas that exist now."""
    return [name for (name,) in query(server, r"SHOW DATABASES LIKE '\_schemabot\_%'")]


def pulled(target: PlanTarget) -> dict[str, str]:
    """The live schema as `POST /api/pull` gives it: a text by file name."""
    kind = DatabaseType(target.server.flavor)
    names = {"shop": target.database.name}
    wanted = Target(database="shop", type=kind, environment="test", schemas=names)
    found = pull(target.params, PullRequest(target=wanted))
    return dict(texts_by_file(found.tables["shop"]))


def carry_out(target: PlanTarget, result: PlanResult) -> None:
    """Run a plan's statements, as an apply would in the end."""
    with closing(connect(target.server)) as session, session.cursor() as cursor:
        cursor.execute("SET SESSION sql_mode = %s", (result.session["sql_mode"],))
        for statement in result.statements:
            cursor.execute(f"USE `{statement.schema}`")
            cursor.execute(statement.ddl)
