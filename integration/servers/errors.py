"""Each error says what is missing, where it was looked for and what to do next."""

from collections.abc import Sequence
from pathlib import Path


class ServersError(Exception):
    """A private server can't be had; the message is for the person at the keyboard."""


class ServerNotFoundError(ServersError):
    """No usable server program is on this machine."""

    def __init__(self, *, wanted: str, refused: Sequence[str], advice: str) -> None:
        looked = "".join(f"\n  {line}" for line in refused)
        super().__init__(f"found no {wanted}.{looked}\n{advice}")


class UnusableProgramError(ServersError):
    """A file that was named as a server program is none, or is too old."""

    def __init__(self, *, path: Path, why: str) -> None:
        super().__init__(f"{path} can't be used as a server: {why}")


class ServerFailedError(ServersError):
    """A server program ended, or never answered, instead of serving."""

    def __init__(self, *, what: str, log: Path, lines: Sequence[str], hint: str = "") -> None:
        self.lines = tuple(lines)
        tail = "".join(f"\n  {line}" for line in lines) or "\n  (empty)"
        super().__init__(f"{what}{hint}\nThe last lines of {log}:{tail}")


class GuardianLostError(ServersError):
    """The guardian process ended early; without it, nothing is started."""

    def __init__(self, *, doing: str) -> None:
        super().__init__(f"the guardian process ended while {doing}; see its error output above")


class PathTooLongError(ServersError):
    """No directory is short enough to hold a Unix socket."""

    def __init__(self, *, place: Path, limit_bytes: int) -> None:
        super().__init__(
            f"a socket below {place} would have a path of more than {limit_bytes} bytes; "
            "name a directory with a shorter path"
        )


class NoFreePortError(ServersError):
    """Every port that was tried belongs to somebody else."""

    def __init__(self, *, ports: range) -> None:
        super().__init__(f"found no free port from {ports.start} to {ports.stop - 1} on loopback")


class InstallError(ServersError):
    """A server program can't be brought onto this machine."""

    def __init__(self, *, what: str, why: str, advice: str) -> None:
        super().__init__(f"can't install {what}: {why}\n{advice}")
