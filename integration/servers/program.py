"""Finds a MySQL or MariaDB server program; what it is, its `--version` says, not its name."""

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from pathlib import Path
from typing import NamedTuple

from integration.servers.advice import how_to_get
from integration.servers.errors import ServerNotFoundError, UnusableProgramError
from integration.servers.unpacked import UnpackedServer, unpacked_servers

VARIABLES = ("SCHEMABOT_MYSQLD", "SCHEMABOT_MARIADBD")
NAMES = ("mysqld", "mariadbd")
USUAL_PLACES = (
    "/usr/sbin",
    "/usr/bin",
    "/usr/libexec",
    "/usr/local/sbin",
    "/usr/local/bin",
    "/usr/local/mysql/bin",
    "/usr/local/mariadb/bin",
    "/opt/homebrew/bin",
    "/opt/homebrew/opt/mysql/bin",
    "/opt/homebrew/opt/mariadb/bin",
    "/usr/local/opt/mysql/bin",
    "/usr/local/opt/mariadb/bin",
    "/home/linuxbrew/.linuxbrew/bin",
)


class Flavor(StrEnum):
    """The vendor of a server."""

    MYSQL = "mysql"
    MARIADB = "mariadb"


class Version(NamedTuple):
    """Ordered as servers are."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


OLDEST = {Flavor.MYSQL: Version(8, 0, 0), Flavor.MARIADB: Version(10, 6, 0)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A server program that can be run: `command` with `options`, which say where its parts are."""

    path: Path
    flavor: Flavor
    version: Version
    command: tuple[str, ...]
    options: tuple[str, ...] = ()


def find_program(flavor: Flavor | None = None, *, path: Path | None = None) -> Program:
    """The program at `path`, or the first usable one of a flavor (of any flavor when None).

    Looks at SCHEMABOT_MYSQLD and SCHEMABOT_MARIADBD, then PATH, then the usual places of Linux
    distributions and Homebrew, then the folder that `make setup` fills. A variable that names an
    unusable file is an error, not passed over.

    Raises:
        UnusableProgramError: the named file is missing, is no server, or is too old.
        ServerNotFoundError: nothing was found; says what was refused, and what to install.
    """
    if path is not None:
        return _of_flavor(identify(path), flavor)
    refused: list[str] = []
    for program in _found(refused):
        if flavor in {None, program.flavor}:
            return program
        refused.append(f"{program.path}: {program.flavor} {program.version}")
    raise ServerNotFoundError(wanted=_wanted(flavor), refused=refused, advice=how_to_get(flavor))


def identify(path: Path) -> Program:
    """What the server program at this path says it is; it may be one of the unpacked.

    Raises:
        UnusableProgramError: it can't be run, is no MySQL or MariaDB, or is too old.
    """
    program = path.resolve()
    for server in unpacked_servers():
        if server.program.resolve() == program:
            return _identified_unpacked(server)
    return _identified(program, command=(str(program),))


def parse_version(text: str) -> tuple[Flavor, Version] | None:
    """Flavor and version from the answer to `--version`; None when it is no server's answer."""
    match = re.search(r"\bVer (\d+)\.(\d+)\.(\d+)", text)
    if match is None:
        return None
    flavor = Flavor.MARIADB if "mariadb" in text.lower() else Flavor.MYSQL
    return flavor, Version(*(int(part) for part in match.groups()))


def _of_flavor(program: Program, flavor: Flavor | None) -> Program:
    if flavor in {None, program.flavor}:
        return program
    why = f"it is {program.flavor} {program.version}, and {flavor} was asked for"
    raise UnusableProgramError(path=program.path, why=why)


def _found(refused: list[str]) -> Iterator[Program]:
    """Every usable program, best first; notes in `refused` those that are not."""
    for variable in VARIABLES:
        if os.environ.get(variable):
            yield identify(Path(os.environ[variable]))
    for path in _installed_paths():
        try:
            yield identify(path)
        except UnusableProgramError as error:
            refused.append(str(error))
    for server in unpacked_servers():
        yield _identified_unpacked(server)


def _installed_paths() -> Iterator[Path]:
    """Programs by folder, PATH's first; one that has several names, once."""
    seen = set()
    for folder, name in product((*os.get_exec_path(), *USUAL_PLACES), NAMES):
        path = Path(folder, name).resolve()
        if path not in seen and os.access(path, os.X_OK):
            seen.add(path)
            yield path


def _identified_unpacked(server: UnpackedServer) -> Program:
    return _identified(server.program, command=server.command, options=server.options)


def _identified(path: Path, *, command: tuple[str, ...], options: tuple[str, ...] = ()) -> Program:
    answer = _ask_version(path, command)
    parsed = parse_version(answer)
    if parsed is None:
        raise UnusableProgramError(path=path, why=f"it answers --version with {answer[:200]!r}")
    flavor, version = parsed
    if version < OLDEST[flavor]:
        why = f"it is {flavor} {version}, and {OLDEST[flavor]} is the oldest supported"
        raise UnusableProgramError(path=path, why=why)
    return Program(path=path, flavor=flavor, version=version, command=command, options=options)


def _ask_version(path: Path, command: tuple[str, ...]) -> str:
    try:
        answer = subprocess.run(  # noqa: S603 - the user's own server program
            [*command, "--no-defaults", "--version"],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UnusableProgramError(path=path, why=str(error)) from error
    return (answer.stdout or answer.stderr).strip()


def _wanted(flavor: Flavor | None) -> str:
    wanted = (flavor,) if flavor else tuple(Flavor)
    return " and no ".join(f"{each} server of version {OLDEST[each]} or later" for each in wanted)
