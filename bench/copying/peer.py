"""pt-online-schema-change, which copies behind triggers: a peer to run beside the engine."""

import os
import shutil
import subprocess
from time import monotonic

from bench.copying.table import Table

PROGRAM = "pt-online-schema-change"
_INSTALL = ("apt-get", "install", "--yes", "--no-install-recommends", "percona-toolkit")


class PeerMissingError(Exception):
    """The peer isn't installed and can't be."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"{PROGRAM} is not installed ({reason}); install percona-toolkit, "
            "or leave --peer away to measure without it"
        )


def require_peer() -> None:
    """Have the program there; installed by apt where this process may.

    Raises:
        PeerMissingError: it is not there, and why.
    """
    if shutil.which(PROGRAM):
        return
    if os.geteuid() != 0 or not shutil.which(_INSTALL[0]):
        raise PeerMissingError("only root can install it, where there is apt-get")
    done = subprocess.run(_INSTALL, capture_output=True, text=True, check=False)  # noqa: S603  # ours
    if done.returncode or not shutil.which(PROGRAM):
        raise PeerMissingError(f"apt-get: {done.stderr.strip()[-200:]}")


def changed_by_peer(table: Table) -> float:
    """Seconds of its whole run, all of its settings its own defaults."""
    server = table.database.server
    place = f"h={server.host},P={server.port},u={server.user},D={table.database.name}"
    begun = monotonic()
    done = subprocess.run(  # noqa: S603  # ours
        [
            PROGRAM,
            f"--alter={table.next_change()}",
            "--recursion-method=none",
            "--execute",
            f"{place},t={table.name}",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = monotonic() - begun
    assert done.returncode == 0, (done.stdout + done.stderr)[-1000:]
    return seconds
