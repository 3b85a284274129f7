"""The demonstration, step by step: what is wanted, what is done, and how it is proven."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from time import monotonic

from rich.text import Text

from cli.demo import statements
from cli.demo.files import AFTER, BEFORE, DATABASE, ENVIRONMENT, write_configuration, write_schema
from cli.demo.server import DatabaseServer, guarded_folder, private_server
from cli.demo.service import DemoService
from cli.errors import DemoFailed
from cli.exit_codes import ExitCode
from cli.render.words import duration, rows
from cli.screen import Screen
from tern.mysql.connect import ConnectParams, connect
from tern.mysql.connection import Connection
from tern.mysql.session import plain_session


@dataclass(slots=True, kw_only=True)
class Demo:
    """What the steps share.

    Attributes:
        orders: Count and checksums of the seeded table, before any change.
    """

    screen: Screen
    rows: int
    server: DatabaseServer
    database: Connection
    service: DemoService
    schema: Path
    orders: tuple[object, ...] = ()
    steps_done: int = field(default=0)

    @contextmanager
    def step(self, words: str) -> Iterator[None]:
        """Announces a step, and says how long it took."""
        self.steps_done += 1
        self.screen.out.print(Text(f"\n{self.steps_done}. {words}", style="bold cyan"))
        began = monotonic()
        yield
        took = duration(monotonic() - began)
        self.screen.out.print(Text(f"   {self.screen.signs.done} {took}", style="green"))


def run_demo(screen: Screen, *, program: Path | None, row_count: int) -> ExitCode:
    """Show a schema made from nothing and then changed, and prove both.

    Raises:
        DemoFailed: a step did not show what it should. Nothing stays behind in any case.
    """
    began = monotonic()
    screen.out.print("A private database server and a private service; both are gone at the end.")
    with private_server(program) as server, guarded_folder(screen.surroundings.environ) as folder:
        params = ConnectParams(user=server.user, host=server.host, port=server.port)
        with connect(params, session=plain_session) as database:
            demo = Demo(
                screen=screen,
                rows=row_count,
                server=server,
                database=database,
                service=DemoService(folder),
                schema=folder.path / "schema",
            )
            for step in STEPS:
                step(demo)
    took = duration(monotonic() - began)
    screen.show([Text(f"Done in {took}: every change was made and checked.", style="bold green")])
    return ExitCode.DONE


def start_service(demo: Demo) -> None:
    """A service on SQLite and a free loopback port."""
    server = demo.server
    with demo.step(f"Start `schemabot serve` for {server.vendor} {server.version}"):
        demo.database.execute(statements.CREATE_SCHEMA)
        write_configuration(
            demo.service.configuration, dsn=server.dsn(DATABASE), vendor=server.vendor
        )
        demo.service.start()


def create_from_nothing(demo: Demo) -> None:
    """Two tables that only files describe."""
    with demo.step("Create two tables from their files"):
        write_schema(demo.schema, BEFORE, vendor=demo.server.vendor)
        _apply(demo)


def seed(demo: Demo) -> None:
    """Rows, the same ones every time."""
    with demo.step(f"Insert {rows(demo.rows)} orders"):
        demo.database.execute(statements.FIRST_ORDER)
        count = 1
        while count < demo.rows:
            count += demo.database.execute(statements.DOUBLE_ORDERS, (demo.rows - count,))
        demo.orders = _sum_of_orders(demo)


def change(demo: Demo) -> None:
    """A column, an index and a table."""
    words = "Edit the files: a column for customers, an index for orders, a new table"
    with demo.step(f"{words}; plan, then apply"):
        write_schema(demo.schema, AFTER, vendor=demo.server.vendor)
        _plan(demo, ExitCode.DIFFERENCES)
        _apply(demo)


def verify(demo: Demo) -> None:
    """The server's own catalogue agrees, and no row was lost or changed."""
    with demo.step("Ask the server itself: tables, column, index, and every order"):
        read = partial(_names, demo.database)
        _expect(read(statements.TABLES), ["customers", "orders", "refunds"], of="tables")
        columns = ["id", "email", "created_at", "phone"]
        _expect(read(statements.COLUMNS, "customers"), columns, of="columns of customers")
        found = read(statements.INDEX_COLUMNS, "orders", "by_customer")
        _expect(found, ["customer_id", "placed_at"], of="columns of the new index")
        _expect(_sum_of_orders(demo), demo.orders, of="count and checksums of orders")
        _plan(demo, ExitCode.DONE)


STEPS: tuple[Callable[[Demo], None], ...] = (
    start_service,
    create_from_nothing,
    seed,
    change,
    verify,
)


def _plan(demo: Demo, wanted: ExitCode) -> None:
    _run(demo, wanted, "plan", "-s", str(demo.schema), "-e", ENVIRONMENT, "--exit-code")


def _apply(demo: Demo) -> None:
    _run(demo, ExitCode.DONE, "apply", "-s", str(demo.schema), "-e", ENVIRONMENT, "-y")


def _run(demo: Demo, wanted: ExitCode, *arguments: str) -> None:
    shown = " ".join(arguments).replace(str(demo.schema), demo.schema.name)
    demo.screen.out.print(Text(f"$ schemabot {shown}", style="bold"))
    status = demo.service.run(*arguments)
    if status != wanted:
        reason = f"it ended with exit status {status}, not {int(wanted)}"
        raise DemoFailed(step=f"schemabot {shown}", reason=reason)


def _names(database: Connection, sql: str, *values: str) -> list[str]:
    return [str(name) for (name,) in database.query(sql, values)]


def _sum_of_orders(demo: Demo) -> tuple[object, ...]:
    return tuple(demo.database.first(statements.SUM_OF_ORDERS) or ())


def _expect(found: object, wanted: object, *, of: str) -> None:
    if found != wanted:
        raise DemoFailed(step="verify", reason=f"{of}: found {found}, not {wanted}")
