"""`schemabot alter`: change a table online in this process, with no service."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

import anyio
import click

from cli.alone.address import Secrets, read_address, target_of
from cli.alone.altering import AlterRequest, cancel, release
from cli.alone.altering import alter as carry_out
from cli.command import Command, invocation_of
from cli.errors import BadUsage
from cli.exit_codes import ExitCode
from cli.options import Seconds
from cli.screen import open_screen
from tern.engine.online.options import OnlineOptions
from tern.engine.online.throttle.options import MaxLoad, ThrottleOptions
from tern.values.run import RunOptions

_LOADS = ("threads", "commit_ms", "history")
_DEFAULT_VOLUME = 3
_ALTER = "schemabot alter --dsn mysql://admin@db1/shop"
_INDEX = "'ALTER TABLE orders ADD INDEX by_day (placed_at)'"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    """The options as click has read them."""

    dsn: str
    table: str | None
    password_env: str | None
    defaults_file: Path | None
    ask_password: bool
    yes: bool
    allow_unsafe: bool
    dry_run: bool
    defer_cutover: bool
    release: bool
    cancel: bool
    volume: int | None
    replica: tuple[str, ...]
    max_lag: float | None
    max_load: str | None
    keep_old: bool
    heartbeat: float


@click.command(
    "alter",
    cls=Command,
    help="Change a table online from this process: no service, no storage.",
    exits=(ExitCode.DONE, ExitCode.FAILED, ExitCode.USAGE, ExitCode.INTERRUPTED),
    examples=(
        f"{_ALTER} --password-env DB_PASSWORD 'ALTER TABLE orders MODIFY user_id BIGINT NOT NULL'",
        f"{_ALTER} --defaults-file ~/.my.cnf --dry-run 'ALTER TABLE orders ADD COLUMN note TEXT'",
        f"{_ALTER} -y --volume 2 --replica mysql://r@db2/ --max-lag 5s {_INDEX}",
        f"{_ALTER} --defer-cutover {_INDEX}",
        f"{_ALTER} --release --table orders",
        f"{_ALTER} --cancel --table orders",
    ),
)
@click.argument("statements", metavar="[STATEMENT]...", nargs=-1)
@click.option("--dsn", required=True, metavar="URL", help="mysql://user@host:3306/schema")
@click.option("--password-env", metavar="NAME", help="Variable that holds the password.")
@click.option(
    "--defaults-file",
    type=click.Path(path_type=Path),
    help="Option file with the password under [client].",
)
@click.option("--ask-password", is_flag=True, help="Ask for the password at the terminal.")
@click.option("-y", "--yes", is_flag=True, help="Don't ask.")
@click.option("--allow-unsafe", is_flag=True, help="Agree to lose what the plan says is lost.")
@click.option("--dry-run", is_flag=True, help="Plan and check everything; write nothing.")
@click.option("--defer-cutover", is_flag=True, help="Copy, then wait for --release.")
@click.option("--release", is_flag=True, help="Let the cutover of --table go.")
@click.option("--cancel", is_flag=True, help="Drop what a dead run left beside --table.")
@click.option("--table", help="The table that --release or --cancel is about.")
@click.option("--volume", type=click.IntRange(1, 11), help="Pace of the copy (default: 3).")
@click.option("--replica", multiple=True, metavar="URL", help="A server whose lag counts.")
@click.option("--max-lag", type=Seconds(), help="Hold back above this (default: by the volume).")
@click.option(
    "--max-load",
    metavar="NAME=N,...",
    help="Hold back above these: threads, commit_ms, history (default: by the volume).",
)
@click.option("--keep-old", is_flag=True, help="Leave the old table under another name.")
@click.option(
    "--heartbeat", type=Seconds(), default="10s", show_default=True, help="Between log lines."
)
@click.pass_context
def alter(context: click.Context, /, statements: tuple[str, ...], **options: object) -> None:
    """Carry the statements out, let a held one go, or clean up after a dead run."""
    given = _Given(**options)  # type: ignore[arg-type]  # click has converted them
    invocation = invocation_of(context)
    screen = open_screen(invocation.surroundings, invocation.options)
    _check(given, statements)
    request = _request(given, statements, environ=invocation.surroundings.environ)
    if given.release:
        context.exit(anyio.run(partial(release, screen, request, table=given.table or "")))
    if given.cancel:
        context.exit(anyio.run(partial(cancel, screen, request, table=given.table or "")))
    context.exit(anyio.run(partial(carry_out, screen, request, is_dry=given.dry_run)))


def _check(given: _Given, statements: tuple[str, ...]) -> None:
    """Raises BadUsage for what does not go together."""
    is_about_table = given.release or given.cancel
    secrets = (given.password_env, given.defaults_file, given.ask_password or None)
    if given.release and given.cancel:
        raise _bad("--release and --cancel exclude each other")
    if is_about_table and (given.table is None or statements):
        raise _bad("--release and --cancel take --table, and no statement")
    if not is_about_table and given.table is not None:
        raise _bad("--table goes with --release or --cancel; a statement names its table")
    if not is_about_table and not statements:
        raise _bad("name at least one ALTER TABLE statement")
    if sum(each is not None for each in secrets) > 1:
        raise _bad("--password-env, --defaults-file and --ask-password exclude each other")


def _request(
    given: _Given, statements: tuple[str, ...], *, environ: Mapping[str, str]
) -> AlterRequest:
    typed = click.prompt("Password", hide_input=True, err=True) if given.ask_password else None
    secrets = Secrets(variable=given.password_env, defaults_file=given.defaults_file, typed=typed)
    lag = None if given.max_lag is None else timedelta(seconds=given.max_lag)
    throttle = ThrottleOptions(
        replicas=tuple(map(read_address, given.replica)), max_lag=lag, max_load=_load(given)
    )
    return AlterRequest(
        params=target_of(given.dsn, secrets, environ=environ),
        statements=statements,
        run=RunOptions(
            allow_unsafe=given.allow_unsafe,
            defer_cutover=given.defer_cutover,
            volume=given.volume,
        ),
        engine=OnlineOptions(
            volume=given.volume or _DEFAULT_VOLUME, keep_old=given.keep_old, throttle=throttle
        ),
        yes=given.yes,
        heartbeat=given.heartbeat,
    )


def _load(given: _Given) -> MaxLoad:
    """Raises BadUsage: it can't be read."""
    found: dict[str, int] = {}
    for part in given.max_load.split(",") if given.max_load else ():
        name, _, value = part.partition("=")
        if name not in _LOADS or not value.isdecimal():
            raise _bad(f"--max-load: {part!r} is not one of {', '.join(_LOADS)} with a number")
        found[name] = int(value)
    commit = found.get("commit_ms")
    return MaxLoad(
        threads=found.get("threads"),
        commit=None if commit is None else timedelta(milliseconds=commit),
        history=found.get("history"),
    )


def _bad(problem: str) -> BadUsage:
    return BadUsage(problem=problem, command="schemabot alter")
