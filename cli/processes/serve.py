"""`schemabot serve`: API, workers and storage in one process."""

import socket
from functools import partial

from cli.exit_codes import ExitCode
from cli.processes.compose import compose, open_storage, reach_targets
from cli.processes.configuration import start_logs
from cli.processes.event_loop import run_on_loop
from cli.processes.http_server import bind, http_server
from cli.processes.running import run_until_signalled
from cli.processes.sweeping import keep_swept
from schemabot.config.settings import Settings
from schemabot.storage.storage import Storage
from tern.local.tern import LocalTern


def serve(settings: Settings) -> ExitCode:
    """Run until SIGTERM or Ctrl-C has drained it.

    Raises:
        SchemaBotError: it can't start; nothing was begun.
    """
    start_logs(settings)
    tern = reach_targets(settings)
    with bind(settings.server.listen) as bound:
        storage = open_storage(settings)
        try:
            return run_on_loop(partial(_run, settings, bound, storage=storage, tern=tern))
        finally:
            storage.database.close()


def check(settings: Settings) -> None:
    """Everything that a start needs, without starting: targets' addresses, listener, storage.

    Raises:
        SchemaBotError: a start would fail with it.
    """
    reach_targets(settings)
    with bind(settings.server.listen):
        open_storage(settings).database.close()


async def _run(
    settings: Settings, bound: socket.socket, *, storage: Storage, tern: LocalTern
) -> ExitCode:
    process = compose(settings, storage, tern)
    grace = settings.server.shutdown_grace
    server = http_server(
        process.app, settings.server, grace_seconds=max(1, int(grace.total_seconds()))
    )
    sweeping = partial(keep_swept, tern, process.spans)
    return await run_until_signalled(
        process, grace=grace, server=server, bound=bound, beside=sweeping
    )
