"""Data directories as they are at a server's birth: made once for each program, then copied.

    <cache>/schemabot/newborn/<flavor>-<version>-<12 hex>/

The hex digits stand for the program's file and for the options that the directory was made with,
so another program, or a newer one at the same place, makes its own. A directory appears by one
rename, after the program that made it has ended well; MySQL's own name for the server
(`auto.cnf`) is not part of it, so that each copy draws another.
"""

import fcntl
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from integration.servers.options import Layout
from integration.servers.program import Program
from integration.servers.running import ServerProcess
from integration.servers.unpacked import cache_folder

OWN_NAME = "auto.cnf"


def lay_data(
    process: ServerProcess, *, program: Program, layout: Layout, command: Sequence[str]
) -> None:
    """A fresh data directory is in its place; `command` makes one where no copy can be had.

    Raises:
        ServerFailedError: the program that makes the directory failed.
    """
    layout.temporary.mkdir()
    newborn = _folder() / _name(program, layout, command)
    if not newborn.exists():
        with _alone():
            if not newborn.exists():
                process.initialise(command)
                _keep(layout.data, newborn)
                return
    shutil.copytree(newborn, layout.data, symlinks=True)


def _keep(data: Path, newborn: Path) -> None:
    (data / OWN_NAME).unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix=".incoming-", dir=newborn.parent) as working:
        made = Path(working) / "data"
        shutil.copytree(data, made, symlinks=True)
        made.rename(newborn)


def _folder() -> Path:
    return cache_folder().parent / "newborn"


def _name(program: Program, layout: Layout, command: Sequence[str]) -> str:
    """Equal for equal programs and options, wherever the directory itself is to be."""
    file = program.path.stat()
    options = (part.replace(str(layout.directory), "") for part in command)
    facts = (str(program.path), str(file.st_size), str(file.st_mtime_ns), *options)
    digest = sha256("\0".join(facts).encode()).hexdigest()
    return f"{program.flavor}-{program.version}-{digest[:12]}"


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time makes a directory; what a dead one left half made goes."""
    _folder().mkdir(parents=True, exist_ok=True)
    with (_folder() / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for abandoned in _folder().glob(".incoming-*"):
            shutil.rmtree(abandoned)
        yield
