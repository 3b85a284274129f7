"""`schemabot demo`: an online change of a table under writes, proven, in one command."""

import signal
import tempfile
from pathlib import Path
from types import FrameType

import click

from cli.command import Command, invocation_of
from cli.demo.load import LoadSettings
from cli.demo.stage import DemoSettings
from cli.demo.story import run_demo
from cli.exit_codes import ExitCode
from cli.screen import open_screen


@click.command(
    "demo",
    cls=Command,
    help="Change a table under writes on a private server, prove that nothing was lost, clean up.",
    exits=(ExitCode.DONE, ExitCode.FAILED, ExitCode.USAGE, ExitCode.INTERRUPTED),
    examples=(
        "schemabot demo",
        "schemabot demo --rows 20000 --crash",
        "schemabot demo --mysqld /usr/sbin/mariadbd --writers 4 --write-rate 1000 --volume 2",
        "schemabot demo --dsn mysql://root@127.0.0.1:3306/",
    ),
)
@click.option(
    "--rows",
    type=click.IntRange(1_000, 100_000_000),
    default=1_000_000,
    show_default=True,
    help="How many orders the shop has.",
)
@click.option(
    "--writers",
    type=click.IntRange(0, 64),
    default=2,
    show_default=True,
    help="How many applications write meanwhile.",
)
@click.option(
    "--write-rate",
    type=click.FloatRange(0.1, 100_000),
    default=200.0,
    show_default=True,
    help="Their transactions a second, all together.",
)
@click.option("--volume", type=click.IntRange(1, 11), help="Pace of the copy (default: 3).")
@click.option(
    "--mysqld",
    type=click.Path(path_type=Path),
    help="Server program.  [SCHEMABOT_MYSQLD, PATH, the usual places]",
)
@click.option("--dsn", metavar="URL", help="A server that runs already; the shop's schema goes.")
@click.option("--crash", is_flag=True, help="Kill the service with SIGKILL in the middle.")
@click.option("--keep", is_flag=True, help="Leave server and directory, and say where they are.")
@click.option(
    "--dir",
    "place",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Where directories are made (default: the system's temporary folder).",
)
@click.pass_context
def demo(  # noqa: PLR0913 (one per option)
    context: click.Context,
    *,
    rows: int,
    writers: int,
    write_rate: float,
    volume: int | None,
    mysqld: Path | None,
    dsn: str | None,
    crash: bool,
    keep: bool,
    place: Path | None,
) -> None:
    """Run it; SIGTERM ends it as Ctrl-C does, so that everything is cleaned up."""
    invocation = invocation_of(context)
    signal.signal(signal.SIGTERM, _interrupt)
    screen = open_screen(invocation.surroundings, invocation.options)
    temporary = Path(invocation.surroundings.environ.get("TMPDIR") or tempfile.gettempdir())
    settings = DemoSettings(
        rows=rows,
        load=LoadSettings(writers=writers, per_second=write_rate),
        volume=volume,
        program=mysqld,
        dsn=dsn,
        place=place or temporary,
        crashes=crash,
        keeps=keep,
    )
    context.exit(run_demo(screen, settings))


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
