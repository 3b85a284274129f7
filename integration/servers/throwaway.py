"""One private server: made, used, and gone without a trace."""

import os
import socket
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from random import SystemRandom

from integration.servers.errors import NoFreePortError, PathTooLongError, ServerFailedError
from integration.servers.guard import Guard
from integration.servers.newborn import lay_data
from integration.servers.options import FAST, Layout, initialising, serving
from integration.servers.program import Flavor, Program, Version, find_program
from integration.servers.running import ServerProcess

LOOPBACK = "127.0.0.1"
SOCKET_PATH_BYTES = 100
PORTS = range(20_000, 32_000)
PORT_TRIES = 5
PORT_TAKEN = "address already in use"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server that answers on loopback and on a Unix socket; its root needs no password."""

    host: str = LOOPBACK
    port: int
    socket: Path
    user: str = "root"
    password: str = ""
    flavor: Flavor
    version: Version
    directory: Path
    error_log: Path
    _command: tuple[str, ...] = field(repr=False)
    _process: ServerProcess = field(repr=False)
    _guard: Guard = field(repr=False)

    @property
    def pid(self) -> int | None:
        """Number of the server's process; None while it isn't running."""
        return self._process.pid

    def start(self) -> None:
        """Serve again, the same data at the same address; a running server is left as it is.

        Raises:
            ServerFailedError: it ended or gave no answer within 60 seconds.
        """
        self._process.start(self._command)

    def stop(self) -> None:
        """Shut down in order and keep the data; nothing happens when it isn't running.

        Raises:
            ServerFailedError: it didn't end within 60 seconds, and was killed.
        """
        self._process.stop()

    def kill(self) -> None:
        """End it as SIGKILL does and keep the data; nothing happens when it isn't running."""
        self._process.kill()

    def keep(self) -> None:
        """Leave server and directory as they are when this ends; nobody removes them."""
        self._guard.keep()


@contextmanager
def throwaway_server(
    flavor: Flavor | None = None,
    *,
    program: Path | None = None,
    is_fast: bool = False,
    options: Sequence[str] = (),
    place: Path | None = None,
) -> Iterator[Server]:
    """A running server of its own; process and directory are gone afterwards, whatever happens.

    Args:
        flavor: which vendor's; None takes the first program found.
        program: the server program to run, instead of one that is looked for.
        is_fast: settings that forget the last moments when the machine loses power.
        options: more server options, which win over those given here (`--name=value`).
        place: where its directory is made; the system's temporary folder when None.

    Raises:
        ServerNotFoundError: no program; says what to install.
        UnusableProgramError: the named program is none, or too old.
        PathTooLongError: no place is short enough for a socket.
        ServerFailedError: it didn't start; has the end of its error log.
    """
    found = find_program(flavor, path=program)
    more = (*(FAST if is_fast else ()), *options)
    with Guard(_short_place(place)) as guard:
        layout = Layout(directory=guard.directory)
        with ServerProcess(layout=layout, guard=guard) as process:
            command = initialising(found, layout, is_root=_is_root())
            lay_data(process, program=found, layout=layout, command=command)
            port, command = _serve_somewhere(process, program=found, layout=layout, options=more)
            yield Server(
                port=port,
                socket=layout.socket,
                flavor=found.flavor,
                version=found.version,
                directory=layout.directory,
                error_log=layout.error_log,
                _command=command,
                _process=process,
                _guard=guard,
            )


def _short_place(place: Path | None) -> Path:
    """Where a directory can hold a socket: in the place asked for, or in one of a shorter path."""
    asked = place or Path(tempfile.gettempdir())
    for candidate in (asked, Path("/tmp")):  # noqa: S108 - the directory in it is private
        made = Layout(directory=candidate.resolve() / "sb-12345678").socket
        if len(os.fsencode(made)) <= SOCKET_PATH_BYTES:
            return candidate.resolve()
    raise PathTooLongError(place=asked, limit_bytes=SOCKET_PATH_BYTES)


def _serve_somewhere(
    process: ServerProcess, *, program: Program, layout: Layout, options: Sequence[str]
) -> tuple[int, tuple[str, ...]]:
    """Start on a free port; when a stranger takes the port first, on another."""
    for port in _free_ports():
        command = (*serving(program, layout, port=port, is_root=_is_root()), *options)
        try:
            process.start(command)
        except ServerFailedError as error:
            if not any(PORT_TAKEN in line.lower() for line in error.lines):
                raise
        else:
            return port, command
    raise NoFreePortError(ports=PORTS)


def _free_ports() -> Iterator[int]:
    """A few ports that nobody serves on now, below those that the system gives to clients.

    Drawn by the system's own chance: parallel test processes share the seed of `random`.
    """
    drawn = SystemRandom().sample(PORTS, 50)
    return islice((port for port in drawn if _is_free(port)), PORT_TRIES)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def _is_root() -> bool:
    return os.geteuid() == 0
