"""The demonstration, step by step: what is wanted, what is done, and how it is proven (C-37)."""

import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from shlex import quote

from rich.progress import Progress
from rich.text import Text

from cli.demo import statements
from cli.demo.crash import apply_change
from cli.demo.files import (
    AFTER,
    BEFORE,
    ENVIRONMENT,
    create_schema,
    drop_schema,
    write_configuration,
    write_schema,
)
from cli.demo.leftovers import claim, leftover_words
from cli.demo.load import load_in
from cli.demo.proof import check_definition, check_rows
from cli.demo.server import DatabaseServer, guarded_folder, private_server, server_at
from cli.demo.service import DemoService
from cli.demo.stage import Demo, DemoSettings
from cli.demo.summary import summary
from cli.errors import DemoFailed
from cli.exit_codes import ExitCode
from cli.options import Output
from cli.render.words import rows, size
from cli.screen import Screen
from tern.mysql.connect import connect
from tern.mysql.dsn import parse_dsn
from tern.mysql.session import plain_session

_BYTES_PER_ROW = 1024
_BYTES_BESIDE = 1024**3


def run_demo(screen: Screen, settings: DemoSettings) -> ExitCode:
    """Show a change of a table that is written to, and prove that nothing was lost.

    Raises:
        DemoFailed: a step did not show what it should. Nothing stays behind unless asked for.
    """
    _check_disk(settings)
    with ExitStack() as stack:
        server = stack.enter_context(_server(settings))
        folder = stack.enter_context(guarded_folder(settings.place))
        params = parse_dsn(server.dsn)
        database = stack.enter_context(
            connect(replace(params, schema=None), session=plain_session, read_timeout=None)
        )
        service = DemoService(
            folder, results=screen.surroundings.stderr if screen.is_json else None
        )
        load = stack.enter_context(load_in(folder.path))
        demo = Demo(
            screen=screen,
            settings=settings,
            server=server,
            database=database,
            service=service,
            load=load,
            folder=folder.path,
        )
        if settings.dsn is not None:
            _take_place(demo)
        if settings.keeps:
            stack.callback(_keep, demo, folder.keep)
        for step in STEPS:
            step(demo)
    return ExitCode.DONE


def _take_place(demo: Demo) -> None:
    """On a server that was there before: say what others have left, and that this shop is ours."""
    for line in leftover_words(demo.database):
        demo.say(Text(line, style="yellow"))
    claim(demo.database, demo.server.schema)


def seed(demo: Demo) -> None:
    """Rows, the same ones every time; the service starts meanwhile."""
    server, wanted = demo.server, demo.settings.rows
    write_configuration(
        demo.service.configuration,
        dsn=server.dsn,
        vendor=server.vendor,
        schema=server.schema,
        port=_free_port(),
    )
    demo.service.begin()
    with demo.step(f"Insert {rows(wanted)} orders into {server.vendor} {server.version}"):
        demo.database.execute(create_schema(server.schema))
        demo.database.enter(server.schema)
        demo.database.execute(BEFORE)
        count = demo.database.execute(statements.FIRST_ORDER)
        is_drawn = demo.screen.output is Output.INTERACTIVE
        with Progress(console=demo.screen.out, disable=not is_drawn, transient=True) as bar:
            task = bar.add_task("   orders", total=wanted)
            while count < wanted:
                more = min(count, wanted - count)
                demo.database.execute(statements.DOUBLE_ORDERS, (count, more, more))
                count += more
                bar.update(task, completed=count)


def start_service(demo: Demo) -> None:
    """A service on SQLite and a free loopback port."""
    with demo.step("Start `schemabot serve`"):
        demo.service.await_ready()


def start_writers(demo: Demo) -> None:
    """Applications at work."""
    load = demo.settings.load
    if load.writers:
        with demo.step(
            f"Let {load.writers} applications write, {load.per_second:g} times a second"
        ):
            demo.load.start(parse_dsn(demo.server.dsn), load, seeded=demo.settings.rows)


def change(demo: Demo) -> None:
    """A wider column, a new one and an index: one copy."""
    words = "Edit the file: a wider column, a new one, an index; plan, then apply"
    with demo.step(words):
        write_schema(demo.schema, AFTER, vendor=demo.server.vendor)
        place = ("-s", str(demo.schema), "-e", ENVIRONMENT)
        demo.run(ExitCode.DIFFERENCES, "plan", *place, "--exit-code")
        pace = () if demo.settings.volume is None else ("--volume", str(demo.settings.volume))
        demo.measured = apply_change(demo, ("apply", *place, "-y", *pace))


def verify(demo: Demo) -> None:
    """The ledger, the seed and the server's own catalogue agree with the table."""
    with demo.step("Stop the applications and compare every row with what they know"):
        demo.account = demo.load.end()
        check_definition(demo.database)
        check_rows(demo.database, demo.account, seeded=demo.settings.rows)
        demo.run(ExitCode.DONE, "plan", "-s", str(demo.schema), "-e", ENVIRONMENT, "--exit-code")


def sum_up(demo: Demo) -> None:
    """What it cost, and what was proven."""
    if demo.measured is None:
        raise DemoFailed(step="sum up", reason="nothing was measured")
    found = summary(demo.measured, demo.account, rows=demo.settings.rows)
    if demo.screen.is_json:
        demo.screen.document(found.document())
    demo.screen.show(found.lines())


STEPS: tuple[Callable[[Demo], None], ...] = (
    seed,
    start_service,
    start_writers,
    change,
    verify,
    sum_up,
)


@contextmanager
def _server(settings: DemoSettings) -> Iterator[DatabaseServer]:
    """A private server, or one that is there already, without the shop's schema at the end."""
    if settings.dsn is None:
        with private_server(settings.program, place=settings.place) as server:
            yield server
        return
    server = server_at(settings.dsn)
    try:
        yield server
    finally:
        if not settings.keeps:
            params = replace(parse_dsn(server.dsn), schema=None)
            with connect(params, session=plain_session) as connection:
                connection.execute(drop_schema(server.schema))


def _check_disk(settings: DemoSettings) -> None:
    needed = settings.rows * _BYTES_PER_ROW + _BYTES_BESIDE
    free = shutil.disk_usage(settings.place).free
    if settings.dsn is None and free < needed:
        reason = (
            f"{settings.place} has {size(free)} free and {size(needed)} are needed; name another "
            "place with --dir, or fewer rows with --rows"
        )
        raise DemoFailed(step="make room", reason=reason)


def _keep(demo: Demo, keep_folder: Callable[[], None]) -> None:
    """Leave everything; say how to get at it and how to remove it, as commands to paste."""
    server = demo.server
    keep_folder()
    folders = [demo.folder]
    client = _client(server)
    end = f"{client} -e 'DROP DATABASE {server.schema}'"
    if server.keep is not None and server.directory is not None:
        server.keep()
        folders.append(server.directory)
        # Nothing in it is worth an orderly end, and nothing may write while it is removed.
        end = f"kill -9 $(cat {quote(str(server.directory / 'pid'))})"
    removed = " ".join(quote(str(folder)) for folder in folders)
    demo.say(Text(f"\nKept: {server.vendor} {server.version}, and files in {removed}"))
    demo.say(Text(f"Connect: {client} {server.schema}"))
    demo.say(Text(f"Remove: {end} && rm -r {removed}"))


def _client(server: DatabaseServer) -> str:
    """The command line of the vendor's client, which asks for a password if there is one."""
    params = parse_dsn(server.dsn)
    name = "mariadb" if server.vendor == "mariadb" else "mysql"
    address = f"--host={params.host} --port={params.port} --user={quote(params.user)}"
    return f"{name} {address}{' --password' if params.password else ''}"


def _free_port() -> int:
    """A port that nobody serves on now; fixed, so that watching goes on over a restart."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
