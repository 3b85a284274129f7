"""Brings a MariaDB and a MySQL server onto this machine, once; quick when they are there.

MariaDB comes from the machine's own distribution by apt-get. Only the packages that hold the
programs are asked for, so no service is created, started or stopped; nothing is ever removed.

MySQL is in Debian's unstable suite alone. Its packages, with every library they need, are unpacked
into a folder of their own (`unpacked.py`) and never installed. The folder appears by one rename,
after its server has answered `--version`.
"""

import fcntl
import os
import platform
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from integration.servers.advice import how_to_get
from integration.servers.errors import InstallError, ServerNotFoundError
from integration.servers.private_apt import PrivateApt, run
from integration.servers.program import Flavor, Program, find_program
from integration.servers.sources import Source, machine_sources
from integration.servers.unpacked import cache_folder, unpacked_server, unpacked_servers

MYSQL_PACKAGE = "mysql-server-core"
MYSQL_SUITE = "unstable"
DEBIAN_KEY = "debian-archive"
MARIADB_PACKAGES = ("mariadb-server-core", "mariadb-client-core")


def install_all(say: Callable[[str], None]) -> None:
    """A usable MariaDB and a usable MySQL are on this machine when this returns.

    Raises:
        InstallError: one of them is missing and can't be brought here; says why and what to do.
        UnusableProgramError: a variable names an unusable program.
    """
    for flavor, bring in ((Flavor.MARIADB, _bring_mariadb), (Flavor.MYSQL, _bring_mysql)):
        try:
            program = find_program(flavor)
        except ServerNotFoundError:
            program = bring(say)
        say(f"{flavor} {program.version}: {program.path}")


def _bring_mariadb(say: Callable[[str], None]) -> Program:
    if os.geteuid() != 0:
        raise _refusal(Flavor.MARIADB, "only root may install packages")
    if shutil.which("apt-get") is None:
        raise _refusal(Flavor.MARIADB, "this is no Debian-like system (it has no apt-get)")
    say("installing MariaDB with apt-get ...")
    try:
        _apt_get("update")
    except InstallError as error:
        say(f"going on with the package lists that are here: {error}")
    _apt_get("install", "--yes", "--no-remove", "--no-install-recommends", *MARIADB_PACKAGES)
    return find_program(Flavor.MARIADB)


def _apt_get(*arguments: str) -> None:
    command = ("apt-get", "--quiet", "--option=DPkg::Lock::Timeout=120", *arguments)
    run(*command, what="MariaDB", environment={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})


def _bring_mysql(say: Callable[[str], None]) -> Program:
    source = _debian_source()
    cache = cache_folder()
    with _working_folder(cache) as working:
        if not unpacked_servers():
            say(f"unpacking MySQL of Debian's {MYSQL_SUITE} suite into {cache} ...")
            folder = _unpack(PrivateApt(folder=working, source=source, suite=MYSQL_SUITE))
            folder.rename(cache / folder.name)
    return find_program(Flavor.MYSQL)


def _unpack(apt: PrivateApt) -> Path:
    """A folder, named by the server's version, with all that the server needs in `root`."""
    archives = apt.download(MYSQL_PACKAGE)
    names = (archive.name.split("_") for archive in archives)
    folder = apt.folder / next(version for name, version, *_ in names if name == MYSQL_PACKAGE)
    folder.mkdir()
    for archive in archives:
        run("dpkg", "--extract", str(archive), str(folder / "root"), what="MySQL")
    server = unpacked_server(folder / "root")
    if server is None:
        raise _refusal(Flavor.MYSQL, "the packages hold no program, no loader or no libraries")
    run(*server.command, "--no-defaults", "--version", what="MySQL")
    return folder


def _debian_source() -> Source:
    """Debian's main archive as this machine reaches it; one that Debian's own key signs first."""
    try:
        release = platform.freedesktop_os_release()
    except OSError as error:
        raise _refusal(Flavor.MYSQL, "packages can only be unpacked on Debian") from error
    if release["ID"] != "debian":
        why = f"packages can only be unpacked on Debian, and this is {release['NAME']}"
        raise _refusal(Flavor.MYSQL, why)
    codename = release.get("VERSION_CODENAME", "")
    sources = [source for source in machine_sources() if source.serves(codename)]
    if not sources:
        raise _refusal(Flavor.MYSQL, "no file in /etc/apt names Debian's main archive")
    return min(sources, key=lambda source: DEBIAN_KEY not in source.fields.get("Signed-By", ""))


@contextmanager
def _working_folder(cache: Path) -> Iterator[Path]:
    """A fresh folder in the cache for one installer at a time; gone afterwards."""
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for abandoned in cache.glob(".incoming-*"):
            shutil.rmtree(abandoned)
        with tempfile.TemporaryDirectory(prefix=".incoming-", dir=cache) as working:
            yield Path(working)


def _refusal(flavor: Flavor, why: str) -> InstallError:
    return InstallError(what=str(flavor), why=why, advice=how_to_get(flavor))
