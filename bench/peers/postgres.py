"""A private PostgreSQL for a peer that needs one: durable, on a Unix socket, gone afterwards."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

PLACES = "/usr/lib/postgresql/*/bin"
READY_SECONDS = 30.0
ACCOUNT = "postgres"


@contextmanager
def private_postgres() -> Iterator[str]:
    """The address of an empty database, as PostgreSQL's own library reads it.

    The program is Debian's; where it is missing, root gets it by apt-get. It refuses to run as
    root, so root's server runs under the account that Debian's package makes.

    Raises:
        SystemExit: no program is there and nobody may install one; or it doesn't start.
    """
    programs = _programs()
    with TemporaryDirectory(prefix="pg-") as folder:
        directory = Path(folder)
        account = ACCOUNT if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        shutil.chown(directory, account)
        data = directory / "data"
        make = [str(programs / "initdb"), "--auth=trust", "--username=bench", f"--pgdata={data}"]
        _run(make, account=account, directory=directory)
        serve = [str(programs / "postgres"), "-D", str(data), "-k", folder, "-h", ""]
        server = _spawn(serve, account=account, directory=directory)
        try:
            _await_socket(directory, server)
            yield f"host={folder} user=bench dbname=postgres"
        finally:
            server.send_signal(signal.SIGINT)  # at once, whoever is connected
            server.wait()


def _programs() -> Path:
    found = _newest()
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        command = ["apt-get", "install", "--quiet", "--yes", "--no-install-recommends"]
        subprocess.run([*command, "postgresql"], check=True, stdout=sys.stderr)  # noqa: S603
        found = _newest()
    if found is None:
        sys.exit(f"found no PostgreSQL in {PLACES}: apt-get install postgresql")
    return found


def _newest() -> Path | None:
    root, _, pattern = PLACES.partition("*")
    found = Path(root).glob(f"*{pattern}/postgres")
    return max((path.parent for path in found), default=None)


def _run(command: Sequence[str], *, account: str, directory: Path) -> None:
    process = _spawn(command, account=account, directory=directory)
    if process.wait():
        sys.exit(f"{command[0]} failed: {(directory / 'output').read_text()[-2000:]}")


def _spawn(command: Sequence[str], *, account: str, directory: Path) -> subprocess.Popen[bytes]:
    other = account if os.geteuid() == 0 else None
    with (directory / "output").open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - the bench's own command
            command, cwd=directory, stdout=output, stderr=output, user=other, group=other
        )


def _await_socket(directory: Path, server: subprocess.Popen[bytes]) -> None:
    deadline, pause = time.monotonic() + READY_SECONDS, threading.Event()
    while not (directory / ".s.PGSQL.5432").exists():
        if server.poll() is not None or time.monotonic() > deadline:
            sys.exit(f"PostgreSQL didn't start: {(directory / 'output').read_text()[-2000:]}")
        pause.wait(0.05)
