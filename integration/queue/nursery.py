"""Workers by the dozen: a process that imports the product once, then forks each from itself.

A worker of its own program needs seconds to be imported, and a long trial replaces hundreds.
"""

import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from threading import Lock

from integration.queue.worker_process import Orders

_ROOT = Path(__file__).parents[2]
_END_SECONDS = 30
_READY_SECONDS = 60


class Nursery:
    """The process that forks; may be used from any thread."""

    def __init__(self) -> None:
        self._ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._turn = Lock()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 (our own module)
                [sys.executable, "-m", "integration.queue.forking", str(theirs.fileno())],
                cwd=_ROOT,
                pass_fds=[theirs.fileno()],
            )

    def fork(self, orders: Orders, *, log: Path) -> "ForkedWorker":
        """A worker that works; what goes wrong in it is appended to the log."""
        said, says = os.pipe()
        try:
            with log.open("ab") as errors:
                pid = self._forked(orders, (says, errors.fileno()))
        finally:
            os.close(says)
        return ForkedWorker(orders, pid=pid, said=said)

    def close(self) -> None:
        """The nursery is no more, and its workers are dead."""
        self._ours.close()
        self._process.wait()

    def _forked(self, orders: Orders, handles: tuple[int, int]) -> int:
        with self._turn:
            socket.send_fds(self._ours, [json.dumps(asdict(orders)).encode()], handles)
            return int(self._ours.recv(64))


class ForkedWorker:
    """One running worker process.

    Args:
        orders: What it was forked with.
        pid: Of the process.
        said: The end of a pipe from which its words are read; it is closed with the worker.
    """

    def __init__(self, orders: Orders, *, pid: int, said: int) -> None:
        self.orders = orders
        self._process = os.pidfd_open(pid)
        self._said = os.fdopen(said, encoding="utf-8")
        assert self._hears("ready", within_seconds=_READY_SECONDS), f"{orders.name} did not start"

    @property
    def is_alive(self) -> bool:
        return not _is_readable(self._process, within_seconds=0)

    def kill(self) -> None:
        """As `kill -9` does; also ends a frozen one."""
        self._send(signal.SIGKILL)
        _is_readable(self._process, within_seconds=_END_SECONDS)

    def freeze(self) -> None:
        self._send(signal.SIGSTOP)

    def thaw(self) -> None:
        self._send(signal.SIGCONT)

    def terminate(self) -> None:
        """Ask it to end in order; returns at once."""
        self._send(signal.SIGTERM)

    def ended_in_order(self) -> bool:
        """Wait for its end; whether it was not cut off."""
        assert _is_readable(self._process, within_seconds=_END_SECONDS), "it hangs"
        return self._hears("ended", within_seconds=0)

    def close(self) -> None:
        """It is dead; safe to call again."""
        if self._said.closed:
            return
        self.kill()
        self._said.close()
        os.close(self._process)

    def _send(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._process, number)

    def _hears(self, word: str, *, within_seconds: float) -> bool:
        if not _is_readable(self._said.fileno(), within_seconds=within_seconds):
            return False
        return self._said.readline().strip() == word


def _is_readable(handle: int, *, within_seconds: float) -> bool:
    return bool(select.select([handle], [], [], within_seconds)[0])


@contextmanager
def nursery() -> Iterator[Nursery]:
    """A nursery for the length of the block."""
    with closing(Nursery()) as made:
        yield made
