"""What all commands share: help with exit codes and examples, global options, the way to run."""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from functools import partial, wraps
from typing import Any, Concatenate, ParamSpec

import anyio
import click

from cli.exit_codes import MEANINGS, ExitCode
from cli.options import GLOBAL_OPTIONS, GlobalOptions
from cli.profiles import choose_endpoint, trust
from cli.session import Session, open_session
from cli.surroundings import Surroundings

P = ParamSpec("P")

_GLOBAL_NAMES = frozenset(str(option.name) for option in GLOBAL_OPTIONS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """One run of the command line: what is outside, and what was said before the command."""

    surroundings: Surroundings
    options: GlobalOptions


def invocation_of(context: click.Context) -> Invocation:
    """The run that a command is part of; the root group has made it."""
    found = context.find_object(Invocation)
    if found is None:
        raise LookupError(context.command_path)
    return found


class Command(click.Command):
    """A command with its exit codes and examples in its help, and all global options."""

    def __init__(
        self,
        name: str,
        *,
        exits: Sequence[ExitCode],
        examples: Sequence[str],
        **given: Any,  # noqa: ANN401 (what click's decorator gives)
    ) -> None:
        super().__init__(name, **given)
        self.exits = tuple(exits)
        self.examples = tuple(examples)
        self.params = [*self.params, *GLOBAL_OPTIONS]

    def invoke(self, ctx: click.Context) -> object:
        """Run, with the global options of both sides merged."""
        given = {name: ctx.params.pop(name) for name in _GLOBAL_NAMES & ctx.params.keys()}
        invocation = invocation_of(ctx)
        ctx.obj = replace(invocation, options=invocation.options.updated(given))
        return super().invoke(ctx)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Its own options first, then those of every command."""
        own = [param for param in self.get_params(ctx) if param not in GLOBAL_OPTIONS]
        for title, params in (("Options", own), ("Options of every command", GLOBAL_OPTIONS)):
            records = [found for param in params if (found := param.get_help_record(ctx))]
            with formatter.section(title):
                formatter.write_dl(records)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Exit codes and examples."""
        del ctx
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(int(code)), MEANINGS[code]) for code in self.exits])
        formatter.write_paragraph()
        for example in self.examples:
            formatter.write(f"Example: {example}\n")


def asking(
    function: Callable[Concatenate[Session, P], Coroutine[Any, Any, ExitCode]],
) -> Callable[P, None]:
    """The callback of a command that asks a service: run with a session, exit with its code."""

    @wraps(function)
    def callback(*args: P.args, **kwargs: P.kwargs) -> None:
        context = click.get_current_context()
        invocation = invocation_of(context)
        options, environ = invocation.options, invocation.surroundings.environ
        endpoint = choose_endpoint(url=options.endpoint, profile=options.profile, environ=environ)

        believed = trust(endpoint)

        async def run() -> ExitCode:
            opening = open_session(
                invocation.surroundings, options, endpoint=endpoint, trust=believed
            )
            async with opening as session:
                return await partial(function, session)(*args, **kwargs)

        context.exit(anyio.run(run))

    return callback
