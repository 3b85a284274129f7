"""The peer of `bench/plan.py`: `skeema diff` of Debian's package, unpacked but never installed.

    <cache>/schemabot/skeema/usr/bin/skeema

It stands beside the unpacked servers (`integration/servers/unpacked.py`). The machine's own apt
brings the package, signatures checked; the folder appears by one rename, after its program has
answered.
"""

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from integration.databases import Database
from integration.servers.errors import InstallError
from integration.servers.private_apt import run
from integration.servers.unpacked import cache_folder

PACKAGE = "skeema"
ANSWERED = frozenset({0, 1})  # no differences, differences


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerRun:
    """One `skeema diff`: its seconds, start of the program included, and what it said."""

    seconds: float
    found_differences: bool
    said: str


class SkeemaFailed(Exception):
    """It ended without an answer, as it does for servers that it does not know."""


def find_skeema() -> Path:
    """The program: an installed one, else the unpacked one, else the package is fetched once.

    Raises:
        InstallError: it isn't here and can't be brought; says why.
    """
    installed = shutil.which(PACKAGE)
    if installed is not None:
        return Path(installed)
    folder = cache_folder().parent / PACKAGE
    program = folder / "usr/bin" / PACKAGE
    if not program.exists():
        _unpack(folder)
    return program


def skeema_diff(program: Path, database: Database, folder: Path) -> PeerRun:
    """Compare a schema with the files of a folder, which gets skeema's options.

    Raises:
        SkeemaFailed: no comparison was made.
    """
    server = database.server
    (folder / ".skeema").write_text(
        "[production]\n"
        f"host={server.host}\nport={server.port}\nuser={server.user}\npassword=\n"
        f"schema={database.name}\n"
    )
    begun = perf_counter()
    answer = subprocess.run(  # noqa: S603 - what find_skeema() found
        [str(program), "diff", "--connect-options=tls=preferred", "production"],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
    )
    seconds = perf_counter() - begun
    if answer.returncode not in ANSWERED:
        raise SkeemaFailed(answer.stderr.strip()[-400:])
    said = answer.stdout + answer.stderr
    return PeerRun(seconds=seconds, found_differences=answer.returncode == 1, said=said)


def _unpack(folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".incoming-", dir=folder.parent) as place:
        working = Path(place)
        try:
            _download(working)
        except InstallError:
            if os.geteuid() != 0:
                raise
            run("apt-get", "--quiet", "update", what=PACKAGE)
            _download(working)
        (archive,) = working.glob("*.deb")
        root = working / "root"
        run("dpkg", "--extract", str(archive), str(root), what=PACKAGE)
        run(str(root / "usr/bin" / PACKAGE), "version", what=PACKAGE)
        if not folder.exists():  # another may have been quicker
            root.rename(folder)


def _download(working: Path) -> None:
    with_sandbox_off = "--option=APT::Sandbox::User="  # apt's own account can't write here
    run("env", "-C", str(working), "apt-get", "--quiet", with_sandbox_off, "download", PACKAGE,
        what=PACKAGE)  # fmt: skip
