"""However the process that started a server ends, neither server nor directory stays behind."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from integration.servers.birth import Born, born
from integration.servers.errors import GuardianLostError
from integration.servers.gate import start_beside, start_watched
from integration.servers.guard import Guard
from integration.servers.program import Flavor

PATIENCE_SECONDS = 110.0
ROOT = Path(__file__).parents[1]
SLEEPER = ["/bin/sleep", "60"]
PARENT = """
import os, signal, sys, threading
from pathlib import Path
from integration.servers.program import Flavor
from integration.servers.throwaway import throwaway_server

flavor, way, place = sys.argv[1:]
signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job ignores it
with throwaway_server(Flavor(flavor), is_fast=True, place=Path(place)) as server:
    if way == "forks" and os.fork() == 0:
        threading.Event().wait()
    print("serving", flush=True)
    sys.stdin.read()
    if way == "raises":
        raise ValueError("on purpose")
    if way == "vanishes":
        os._exit(3)
"""


@pytest.fixture
def place() -> Iterator[Path]:
    """An empty directory with a short path; all that a test leaves in it is removed."""
    with tempfile.TemporaryDirectory(prefix="p-", dir="/tmp") as path:
        yield Path(path)
        for pid, _ in _processes_in(Path(path)):
            os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("way", ["returns", "raises", "vanishes"])
def test_nothing_stays_when_the_parent_ends(place: Path, way: str) -> None:
    with _parent(Flavor.MARIADB, way, place) as parent:
        _wait_until(lambda: _is_serving(place))
        assert _processes_in(place)
        parent.communicate(timeout=PATIENCE_SECONDS)
        _assert_nothing_stays(place)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_stays_after_a_signal(place: Path, number: signal.Signals) -> None:
    with _parent(Flavor.MARIADB, "returns", place) as parent:
        _wait_until(lambda: _is_serving(place))
        parent.send_signal(number)
        _assert_nothing_stays(place)


@pytest.mark.parametrize("flavor", list(Flavor))
@pytest.mark.parametrize("made", ["sb-*", "sb-*/tmp", "sb-*/data/*", "sb-*/sock"])
def test_nothing_stays_when_the_parent_is_killed_on_its_way(
    place: Path, flavor: Flavor, made: str
) -> None:
    with _parent(flavor, "returns", place) as parent:
        _wait_until(lambda: any(place.glob(made)))
        parent.kill()
        _assert_nothing_stays(place)


def test_nothing_stays_when_a_fork_outlives_its_killed_parent(place: Path) -> None:
    with _parent(Flavor.MARIADB, "forks", place) as parent:
        _wait_until(lambda: _is_serving(place))
        parent.kill()
        _assert_nothing_stays(place)


def test_nothing_stays_when_the_server_is_stopped_by_a_signal(place: Path) -> None:
    with _parent(Flavor.MARIADB, "returns", place) as parent:
        _wait_until(lambda: _is_serving(place))
        (server,) = (pid for pid, line in _processes_in(place) if "--socket=" in line)
        os.kill(server, signal.SIGSTOP)
        parent.kill()
        _assert_nothing_stays(place)


def test_nothing_stays_when_the_guardian_is_killed(place: Path) -> None:
    with _parent(Flavor.MARIADB, "returns", place) as parent:
        _wait_until(lambda: _is_serving(place))
        os.kill(_guardian_in(place), signal.SIGKILL)
        parent.communicate(timeout=PATIENCE_SECONDS)
        _assert_nothing_stays(place)


def test_without_a_guardian_nothing_is_started(place: Path) -> None:
    with Guard(place) as guard:
        os.kill(_guardian_in(place), signal.SIGKILL)
        _wait_until(lambda: not _processes_in(place))
        trace = guard.directory / "trace"
        with pytest.raises(GuardianLostError):
            start_watched(["touch", str(trace)], guard=guard, output=guard.directory / "output")
        assert not trace.exists()
    _assert_nothing_stays(place)


def test_process_runs_only_once_the_guardian_knows_it(place: Path) -> None:
    class LateGuard(Guard):
        def watch(self, process: Born) -> None:
            threading.Event().wait(0.3)
            seen_before.append(trace.exists())
            super().watch(process)

    seen_before: list[bool] = []
    with LateGuard(place) as guard:
        trace = guard.directory / "trace"
        start_watched(["touch", str(trace)], guard=guard, output=guard.directory / "output").wait()
        assert trace.exists()
    assert seen_before == [False]


def test_process_beside_on_the_same_terminal_is_ended_in_order_with_its_guard(place: Path) -> None:
    with Guard(place) as guard:
        beside = start_beside(SLEEPER, guard=guard, env=os.environ, output=None)
        _wait_until(lambda: "sleep" in Path(f"/proc/{beside.pid}/cmdline").read_text())
        assert os.getpgid(beside.pid) == os.getpgid(0)
    assert beside.wait(timeout=PATIENCE_SECONDS) == -signal.SIGTERM


def test_guardian_that_can_not_make_a_directory_is_reported(place: Path) -> None:
    with pytest.raises(GuardianLostError, match="making a directory"):
        Guard(place / "missing")


def test_stranger_with_the_number_of_a_dead_server_lives(place: Path) -> None:
    with subprocess.Popen(SLEEPER, start_new_session=True) as stranger:  # noqa: S603 - a constant
        with Guard(place) as guard:
            guard.watch(Born(pid=stranger.pid, moment="1"))
        assert stranger.poll() is None
        stranger.kill()


@pytest.mark.parametrize("processes", [Path("/proc"), Path("/nowhere")], ids=["linux", "ps"])
def test_birth_is_the_same_as_long_as_the_process_lives(processes: Path) -> None:
    with subprocess.Popen(SLEEPER) as sleeper:  # noqa: S603 - a constant
        first = born(sleeper.pid, processes=processes)
        assert first is not None
        assert first == born(sleeper.pid, processes=processes)
        sleeper.kill()
        _wait_until(lambda: born(sleeper.pid, processes=processes) is None)
    assert born(sleeper.pid, processes=processes) is None


@contextmanager
def _parent(flavor: Flavor, way: str, place: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that starts a server; killed afterwards, with its forks."""
    command = [sys.executable, "-c", PARENT, flavor, way, str(place)]
    with subprocess.Popen(  # noqa: S603 - the text above
        command,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as parent:
        try:
            yield parent
        finally:
            with suppress(ProcessLookupError):
                os.killpg(parent.pid, signal.SIGKILL)


def _is_serving(place: Path) -> bool:
    return any(place.glob("sb-*/sock"))


def _guardian_in(place: Path) -> int:
    (guardian,) = (pid for pid, line in _processes_in(place) if "servers.guardian" in line)
    return guardian


def _processes_in(place: Path) -> list[tuple[int, str]]:
    """Number and command line of all processes that name this place, but for test parents."""
    lines = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            lines.append((int(file.parent.name), file.read_text().replace("\0", " ")))
    return [(pid, line) for pid, line in lines if str(place) in line and PARENT not in line]


def _assert_nothing_stays(place: Path) -> None:
    _wait_until(lambda: not _processes_in(place) and not any(place.iterdir()))


def _wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    never = threading.Event()
    while not is_so():
        assert time.monotonic() < deadline, "waited in vain"
        never.wait(0.02)
