"""`schemabot demo`: the whole product on a private server, in one command."""

import signal
from pathlib import Path
from types import FrameType

import click

from cli.command import Command, invocation_of
from cli.demo.story import run_demo
from cli.exit_codes import ExitCode
from cli.screen import open_screen


@click.command(
    "demo",
    cls=Command,
    help="Make and change a schema on a private server, prove it, and leave nothing behind.",
    exits=(ExitCode.DONE, ExitCode.FAILED, ExitCode.USAGE, ExitCode.INTERRUPTED),
    examples=("schemabot demo", "schemabot demo --rows 1000 --mysqld /usr/sbin/mariadbd"),
)
@click.option(
    "--rows",
    type=click.IntRange(1_000, 10_000_000),
    default=100_000,
    show_default=True,
    help="How many orders the shop has.",
)
@click.option(
    "--mysqld",
    type=click.Path(path_type=Path),
    help="Server program.  [SCHEMABOT_MYSQLD, PATH, the usual places]",
)
@click.pass_context
def demo(context: click.Context, rows: int, mysqld: Path | None) -> None:
    """Run it; SIGTERM ends it as Ctrl-C does, so that everything is cleaned up."""
    invocation = invocation_of(context)
    signal.signal(signal.SIGTERM, _interrupt)
    screen = open_screen(invocation.surroundings, invocation.options)
    context.exit(run_demo(screen, program=mysqld, row_count=rows))


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
