"""What a person at a terminal sees and types: the question, the picture, the way out."""

import os
import pty
import re
import select
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from time import monotonic

import pytest

from integration.cli.flavors import MARIADB_FIRST, MYSQL_FIRST
from integration.cli.processes import COMMAND, ENVIRONMENT, Shop, eventually

pytestmark = pytest.mark.timeout(400)

ORDERS = "CREATE TABLE orders (id BIGINT PRIMARY KEY{more});\n"
PATIENCE_SECONDS = 120.0


@dataclass(slots=True, kw_only=True)
class Terminal:
    """A pseudo-terminal with one command on it."""

    process: subprocess.Popen[bytes]
    fd: int
    seen: str = field(default="")

    def type(self, text: str) -> None:
        """Keys, as the terminal's line discipline takes them."""
        os.write(self.fd, text.encode())

    def until(self, pattern: str) -> None:
        """Return when it has shown this."""
        deadline = monotonic() + PATIENCE_SECONDS
        while re.search(pattern, self.seen) is None:
            assert monotonic() < deadline, self.seen
            assert self.process.poll() is None, self.seen
            self._read()

    def end(self) -> int:
        """Everything that it still shows, and its exit status."""
        deadline = monotonic() + PATIENCE_SECONDS
        while self.process.poll() is None:
            assert monotonic() < deadline, self.seen
            self._read()
        self._read()
        return self.process.returncode

    def _read(self) -> None:
        readable, _, _ = select.select([self.fd], [], [], 0.2)
        if readable:
            try:
                self.seen += os.read(self.fd, 65_536).decode(errors="replace")
            except OSError:
                return


@contextmanager
def terminal(shop: Shop, *arguments: str) -> Iterator[Terminal]:
    ours, theirs = pty.openpty()
    environ = {"SCHEMABOT_ENDPOINT": shop.endpoint, "TERM": "xterm", "COLUMNS": "100"}
    process = subprocess.Popen(  # noqa: S603 (our own)
        [*COMMAND, *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, **environ},
        start_new_session=True,
        preexec_fn=_take_terminal,  # noqa: PLW1509 (Ctrl-C needs a controlling terminal)
    )
    os.close(theirs)
    try:
        yield Terminal(process=process, fd=ours)
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def _take_terminal() -> None:
    os.close(os.open(os.ttyname(0), os.O_RDWR))


@pytest.fixture
def asked(served: Shop) -> tuple[str, ...]:
    """`apply` of a changed table, without -y."""
    served.files(orders=ORDERS.format(more=""))
    assert served.apply().status == 0
    schema = served.files(orders=ORDERS.format(more=", note INT"))
    return ("apply", "-s", str(schema), "-e", ENVIRONMENT)


@MYSQL_FIRST
def test_only_yes_continues(served: Shop, asked: tuple[str, ...]) -> None:
    with terminal(served, *asked) as screen:
        screen.until("Only `yes` continues")
        screen.type("y\n")
        assert screen.end() == 1
        assert "Nothing was changed." in screen.seen
    with terminal(served, *asked) as screen:
        screen.until("Only `yes` continues")
        screen.type("yes\n")
        assert screen.end() == 0
        assert "completed" in screen.seen
    assert served.plan("--exit-code").status == 0


@MARIADB_FIRST
def test_ctrl_c_at_the_question_changes_nothing(served: Shop, asked: tuple[str, ...]) -> None:
    with terminal(served, *asked) as screen:
        screen.until("Only `yes` continues")
        screen.type("\x03")
        assert screen.end() == 130
    assert served.plan("--exit-code").status == 3


@MYSQL_FIRST
def test_ctrl_c_leaves_the_picture_and_the_apply_goes_on(
    served: Shop, asked: tuple[str, ...]
) -> None:
    with closing(served.database.connect(autocommit=False)) as holder, holder.cursor() as cursor:
        cursor.execute("SELECT * FROM orders")
        with terminal(served, *asked, "-y") as screen:
            screen.until(r"apply-[0-9a-f]{16}.*running")
            screen.type("\x03")
            assert screen.end() == 0
        holder.rollback()
    assert "goes on without you" in screen.seen
    assert screen.seen.count("\x1b[?25l") == screen.seen.count("\x1b[?25h")
    found = re.search(r"apply-[0-9a-f]{16}", screen.seen)
    assert found is not None
    eventually(lambda: served.progress(found[0])["state"] == "completed" or None, seconds=60)


@MARIADB_FIRST
def test_ctrl_c_off_a_terminal_exits_130_and_the_apply_goes_on(
    served: Shop, asked: tuple[str, ...]
) -> None:
    with closing(served.database.connect(autocommit=False)) as holder, holder.cursor() as cursor:
        cursor.execute("SELECT * FROM orders")
        with terminal(served, *asked, "-y", "-o", "log") as screen:
            screen.until("table started")
            screen.process.send_signal(signal.SIGTERM)
            assert screen.end() == 130
        holder.rollback()
    found = re.search(r"apply-[0-9a-f]{16}", screen.seen)
    assert found is not None
    eventually(lambda: served.progress(found[0])["state"] == "completed" or None, seconds=60)
