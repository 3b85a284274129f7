"""The applications that write meanwhile: processes of their own, which end when this one does."""

import pickle
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from cli.demo.ledger import Account, read_ledgers
from cli.demo.writer import WriterOrders
from cli.errors import DemoFailed
from tern.mysql.connect import ConnectParams

# A transaction under way may wait for a lock as long as a writer's session does.
_END_SECONDS = 90.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadSettings:
    """How much is written.

    Attributes:
        per_second: Transactions of all writers together.
    """

    writers: int
    per_second: float


class Load:
    """Running writers and their ledgers."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self, params: ConnectParams, settings: LoadSettings, *, seeded: int) -> None:
        """Let them write."""
        for number in range(settings.writers):
            orders = WriterOrders(
                params=params,
                number=number,
                writers=settings.writers,
                seeded=seeded,
                per_second=settings.per_second / settings.writers,
                ledger=self._ledger(number),
            )
            self._processes.append(self._started(orders))

    def end(self) -> Account:
        """Nobody writes any more; what was written.

        Raises:
            DemoFailed: a writer did not end in order.
        """
        for process in self._processes:
            _close_input(process)
        for number, process in enumerate(self._processes):
            status = process.wait(timeout=_END_SECONDS)
            if status != 0:
                said = self._output(number).read_text(encoding="utf-8").strip().splitlines()
                raise DemoFailed(step=f"writer {number}", reason=said[-1] if said else str(status))
        return read_ledgers(self._ledger(number) for number in range(len(self._processes)))

    def kill(self) -> None:
        """End those that are left."""
        for process in self._processes:
            _close_input(process)
            process.kill()
            process.wait()

    def _started(self, orders: WriterOrders) -> "subprocess.Popen[bytes]":
        file = self._folder / f"writer-{orders.number}.orders"
        file.touch(mode=0o600)  # the address may hold a password
        file.write_bytes(pickle.dumps(orders))
        with self._output(orders.number).open("wb") as output:
            return subprocess.Popen(  # noqa: S603 (our own module)
                [sys.executable, "-P", "-m", "cli.demo.writer", str(file)],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def _ledger(self, number: int) -> Path:
        return self._folder / f"ledger-{number}.jsonl"

    def _output(self, number: int) -> Path:
        return self._folder / f"writer-{number}.log"


@contextmanager
def load_in(folder: Path) -> Iterator[Load]:
    """Writers that have ended when the block has."""
    load = Load(folder)
    try:
        yield load
    finally:
        load.kill()


def _close_input(process: "subprocess.Popen[bytes]") -> None:
    if process.stdin is not None:
        with suppress(BrokenPipeError):
            process.stdin.close()
