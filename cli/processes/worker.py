"""`schemabot worker`: workers on shared storage, without HTTP."""

from functools import partial

from cli.exit_codes import ExitCode
from cli.processes.compose import compose, open_storage, reach_targets
from cli.processes.configuration import start_logs
from cli.processes.event_loop import run_on_loop
from cli.processes.running import run_until_signalled
from cli.processes.sweeping import keep_swept
from schemabot.config.settings import Settings
from schemabot.storage.storage import Storage
from tern.local.tern import LocalTern


def work(settings: Settings) -> ExitCode:
    """Run until SIGTERM or Ctrl-C has drained it.

    Raises:
        SchemaBotError: it can't start; nothing was begun.
    """
    start_logs(settings)
    tern = reach_targets(settings)
    storage = open_storage(settings)
    try:
        return run_on_loop(partial(_run, settings, storage, tern))
    finally:
        storage.database.close()


async def _run(settings: Settings, storage: Storage, tern: LocalTern) -> ExitCode:
    process = compose(settings, storage, tern)
    sweeping = partial(keep_swept, tern, process.spans)
    return await run_until_signalled(process, grace=settings.server.shutdown_grace, beside=sweeping)
