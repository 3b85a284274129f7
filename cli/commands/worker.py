"""`schemabot worker`: more hands on the same storage."""

from pathlib import Path

import click

from cli.command import Command, invocation_of
from cli.errors import BadUsage
from cli.exit_codes import ExitCode
from cli.processes.configuration import read_configuration
from cli.processes.worker import work


@click.command(
    "worker",
    cls=Command,
    help="Run workers alone, on the storage of a service; SQLite storage has one process only.",
    exits=(ExitCode.DONE, ExitCode.FAILED, ExitCode.USAGE, ExitCode.INTERRUPTED),
    examples=("schemabot worker --config schemabot-server.yaml --slots 8",),
)
@click.option("--config", type=click.Path(path_type=Path), help="YAML file of the configuration.")
@click.option("--slots", type=click.IntRange(1, 1000), help="Instead of queue.workers.")
@click.option("--log-level", help="Instead of telemetry.log_level.")
@click.pass_context
def worker(
    context: click.Context, config: Path | None, *, slots: int | None, log_level: str | None
) -> None:
    """Read the configuration and run."""
    invocation = invocation_of(context)
    settings = read_configuration(
        config,
        environ=invocation.surroundings.environ,
        overrides={"SCHEMABOT_LOG_LEVEL": log_level},
    )
    workers = settings.queue.workers if slots is None else slots
    if workers == 0:
        raise BadUsage(problem="queue.workers is 0; give --slots", command="schemabot worker")
    queue = settings.queue.model_copy(update={"workers": workers})
    context.exit(work(settings.model_copy(update={"queue": queue})))
