"""Worker processes, to be started, frozen, killed and ended."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from integration.queue.worker_process import Orders

_ROOT = Path(__file__).parents[2]
_END_SECONDS = 120


class WorkerProcess:
    """One running worker process."""

    def __init__(self, orders: Orders, *, module: str, log: Path) -> None:
        self.orders = orders
        self._log = log.open("ab")
        self._process = subprocess.Popen(  # noqa: S603 (our own module)
            [sys.executable, "-m", module, json.dumps(asdict(orders))],
            cwd=_ROOT,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        self._await("ready")

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        """As `kill -9` does; also ends a frozen one."""
        self._process.kill()
        self._process.wait()

    def freeze(self) -> None:
        os.kill(self._process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self._process.pid, signal.SIGCONT)

    def terminate(self) -> None:
        """Ask it to end in order; returns at once."""
        self._process.terminate()

    def ended(self) -> int:
        """Wait for its end; its exit status."""
        return self._process.wait(_END_SECONDS)

    def lines(self) -> Iterator[str]:
        """What it says, as it says it."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            yield line.strip()

    def close(self) -> None:
        if self.is_alive:
            self.kill()
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._log.close()

    def _await(self, word: str) -> None:
        for line in self.lines():
            if line == word:
                return
        raise AssertionError(f"the worker ended with {self._process.wait()}; see {self._log.name}")


@contextmanager
def worker_process(
    orders: Orders, *, log: Path, module: str = "integration.queue.worker_process"
) -> Iterator[WorkerProcess]:
    """A worker process for the length of the block; dead afterwards."""
    process = WorkerProcess(orders, module=module, log=log)
    try:
        yield process
    finally:
        process.close()
