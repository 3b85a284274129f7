"""The `schemabot` command: root group, lazy subcommands, and the one place where errors end."""

import sys
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from itertools import pairwise
from types import MappingProxyType

import click

from cli.command import Invocation
from cli.errors import BadUsage, Bug, Interrupted
from cli.exit_codes import ExitCode, exit_code_of
from cli.options import GLOBAL_OPTIONS, GlobalOptions, Output
from cli.screen import open_screen
from cli.surroundings import Surroundings, actual_surroundings
from cli.versions import product_version
from tern.errors import SchemaBotError

_TRACEBACK_VERBOSITY = 2

GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "Look": ("status", "progress", "history", "logs", "databases", "locks", "drift"),
    "Change": ("plan", "apply", "rollback", "alter"),
    "Files": ("init", "pull", "lint", "fix-lint"),
    "Control": ("stop", "cancel", "start", "cutover", "volume", "unlock"),
    "Processes": ("serve", "worker", "demo", "version"),
})
"""Every command, by what people want; each stands in the module of its name, `_` for `-`."""


class _Root(click.Group):
    """Loads a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, as grouped."""
        del ctx
        return [name for names in GROUPS.values() for name in names]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name; None when there is none."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module = cmd_name.replace("-", "_")
        found = getattr(import_module(f"cli.commands.{module}"), module)
        return found if isinstance(found, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """One section per group."""
        for title, names in GROUPS.items():
            commands = ((name, self.get_command(ctx, name)) for name in names)
            with formatter.section(title):
                formatter.write_dl([
                    (name, command.get_short_help_str(limit=70))
                    for name, command in commands
                    if command is not None
                ])


def root(surroundings: Surroundings) -> click.Group:
    """The root group, over these surroundings."""

    @click.pass_context
    def begin(context: click.Context, /, **given: object) -> None:
        options = GlobalOptions().updated(given)
        context.obj = Invocation(surroundings=surroundings, options=options)

    group = _Root(
        "schemabot",
        callback=begin,
        params=[*GLOBAL_OPTIONS],
        help="Changes the schema of live MySQL-family databases without stopping them.",
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    return click.version_option(product_version(), message="schemabot %(version)s")(group)


def run(arguments: Sequence[str], surroundings: Surroundings) -> int:
    """Run one command line; the exit status. Nothing raised gets past it."""
    try:
        ended = root(surroundings).main([*arguments], prog_name="schemabot", standalone_mode=False)
    except click.exceptions.Exit as asked:
        return asked.exit_code
    except BrokenPipeError:
        return ExitCode.FAILED
    except BaseException as error:  # noqa: BLE001 (one command is the unit of work here)
        return _fail(_ours(error), arguments, surroundings)
    return ended if isinstance(ended, int) else ExitCode.DONE


def main() -> None:
    """The console script."""
    status = run(sys.argv[1:], actual_surroundings())
    with suppress(BrokenPipeError):
        sys.stdout.flush()
    sys.exit(status)


def _fail(error: SchemaBotError, arguments: Sequence[str], surroundings: Surroundings) -> int:
    options = _options_in(arguments)
    with suppress(BrokenPipeError):
        open_screen(surroundings, options).failure(error)
        if options.verbose >= _TRACEBACK_VERBOSITY:
            surroundings.stderr.write("".join(traceback.format_exception(error)))
    return exit_code_of(error)


def _options_in(arguments: Sequence[str]) -> GlobalOptions:
    """As much of the global options as an error's form needs, wherever they stand."""
    is_json = "--json" in arguments or any(
        pair in {("-o", "json"), ("--output", "json")} for pair in pairwise(arguments)
    )
    verbose = arguments.count("-v") + arguments.count("--verbose") + 2 * arguments.count("-vv")
    return GlobalOptions(output=Output.JSON if is_json else None, verbose=verbose)


def _usage(error: click.ClickException) -> BadUsage:
    context = getattr(error, "ctx", None)
    command = context.command_path if isinstance(context, click.Context) else "schemabot"
    return BadUsage(problem=error.format_message(), command=command)


def _ours(error: BaseException) -> SchemaBotError:
    """The error of ours that was raised, or that a task group carries; else that it is a bug."""
    match error:
        case SchemaBotError():
            return error
        case click.ClickException():
            return _usage(error)
        case KeyboardInterrupt() | click.Abort():
            return Interrupted(said="interrupted")
        case BaseExceptionGroup(exceptions=(only,)):
            return _ours(only)
        case _:
            bug = Bug(error=error)
            bug.__cause__ = error
            return bug
