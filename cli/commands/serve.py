"""`schemabot serve`: the service itself."""

from pathlib import Path

import click

from cli.command import Command, invocation_of
from cli.exit_codes import ExitCode
from cli.processes.configuration import read_configuration
from cli.processes.serve import check as check_start
from cli.processes.serve import serve as run_service
from cli.screen import open_screen


@click.command(
    "serve",
    cls=Command,
    help="Run the service: API, workers and storage in one process.",
    exits=(ExitCode.DONE, ExitCode.FAILED, ExitCode.USAGE, ExitCode.INTERRUPTED),
    examples=(
        "schemabot serve --config schemabot-server.yaml",
        "schemabot serve --config schemabot-server.yaml --check",
    ),
)
@click.option("--config", type=click.Path(path_type=Path), help="YAML file of the configuration.")
@click.option("--listen", metavar="HOST:PORT", help="Instead of server.listen.")
@click.option("--workers", type=click.IntRange(0, 1000), help="Instead of queue.workers.")
@click.option("--log-level", help="Instead of telemetry.log_level.")
@click.option("--check", is_flag=True, help="Say whether it would start, and end.")
@click.pass_context
def serve(
    context: click.Context,
    config: Path | None,
    *,
    listen: str | None,
    workers: int | None,
    log_level: str | None,
    check: bool,
) -> None:
    """Read the configuration, then check it or run."""
    invocation = invocation_of(context)
    settings = read_configuration(
        config,
        environ=invocation.surroundings.environ,
        overrides={"SCHEMABOT_LISTEN": listen, "SCHEMABOT_LOG_LEVEL": log_level},
    )
    if workers is not None:
        queue = settings.queue.model_copy(update={"workers": workers})
        settings = settings.model_copy(update={"queue": queue})
    if check:
        check_start(settings)
        open_screen(invocation.surroundings, invocation.options).note("It would start.")
        context.exit(ExitCode.DONE)
    context.exit(run_service(settings))
