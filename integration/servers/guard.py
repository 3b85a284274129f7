"""This process's hold on its guardian, which owns the directory and ends the server."""

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO, Self

from integration.servers.birth import Born
from integration.servers.errors import GuardianLostError
from integration.servers.guardian import END_SECONDS, KILL_SECONDS, remove

CLOSE_SECONDS = 60.0


class Guard:
    """A directory that is removed, and a process that is killed, when this process ends."""

    directory: Path
    is_kept: bool

    def __init__(self, place: Path) -> None:
        """Start the guardian, which makes a directory of mode 0700 in `place`.

        Raises:
            GuardianLostError: it ended before it had made the directory.
        """
        self._watched: Born | None = None
        self._beside: Born | None = None
        self.is_kept = False
        self._guardian = subprocess.Popen(  # noqa: S603 - this very interpreter and package
            [sys.executable, "-P", "-m", "integration.servers.guardian", str(place)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd="/",
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
            start_new_session=True,
        )
        answer, _ = self._pipes()
        with answer:
            path = answer.readline().decode().rstrip("\n")
        if not path:
            self._end_guardian()
            raise GuardianLostError(doing=f"making a directory in {place}")
        self.directory = Path(path)

    def watch(self, process: Born) -> None:
        """From now on this process, and no longer the one before, is killed at the end.

        Raises:
            GuardianLostError: there is no guardian any more.
        """
        self._tell(f"watch {process.pid} {process.moment}")
        self._watched = process

    def watch_beside(self, process: Born) -> None:
        """From now on this process, too, is ended at the end, first and alone; one at a time.

        Raises:
            GuardianLostError: there is no guardian any more.
        """
        self._tell(f"beside {process.pid} {process.moment}")
        self._beside = process

    def keep(self) -> None:
        """Directory and process stay when this process ends."""
        self._tell("keep")
        self.is_kept = True

    def close(self) -> None:
        """The watched process is dead and the directory gone when this returns, unless kept.

        The guardian does it; should somebody have killed the guardian, this process does.
        """
        self._end_guardian()
        if self.is_kept:
            return
        if self._beside is not None:
            self._beside.end(deadline_seconds=END_SECONDS)
        if self._watched is not None:
            self._watched.kill_group(deadline_seconds=KILL_SECONDS)
        remove(self.directory)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _tell(self, order: str) -> None:
        _, orders = self._pipes()
        try:
            orders.write(f"{order}\n".encode())
            orders.flush()
        except (BrokenPipeError, ValueError) as error:
            raise GuardianLostError(doing="watching over a server") from error

    def _end_guardian(self) -> None:
        _, orders = self._pipes()
        with suppress(BrokenPipeError):
            orders.close()
        self._guardian.wait(timeout=CLOSE_SECONDS)

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        answer, orders = self._guardian.stdout, self._guardian.stdin
        assert answer is not None  # both were asked for
        assert orders is not None
        return answer, orders
