"""`schemabot demo`, end to end: it shows what it should, and leaves nothing behind."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from integration.cli.processes import COMMAND, eventually
from integration.servers.program import Flavor, find_program


@pytest.mark.parametrize("flavor", list(Flavor), ids=str)
def test_the_demo_ends_well_and_leaves_nothing(flavor: Flavor, tmp_path: Path) -> None:
    place = short(tmp_path)
    done = subprocess.run(  # noqa: S603 (our own)
        [*COMMAND, "demo", "--rows", "2000", "--mysqld", str(find_program(flavor).path)],
        env={**os.environ, "TMPDIR": str(place)},
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "every change was made and checked" in done.stdout
    assert (list(place.iterdir()), processes_in(place)) == ([], [])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_nothing_stays_when_the_demo_is_ended(number: signal.Signals, tmp_path: Path) -> None:
    place = short(tmp_path)
    with subprocess.Popen(  # noqa: S603 (our own)
        [*COMMAND, "demo", "--rows", "2000"],
        env={**os.environ, "TMPDIR": str(place)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as demo:
        eventually(lambda: any(place.glob("sb-*/schemabot.db")) or None, seconds=60)
        demo.send_signal(number)
        status = demo.wait(timeout=60)
    assert status == {signal.SIGKILL: -9}.get(number, 130)
    gone = eventually(
        lambda: (not list(place.iterdir()) and not processes_in(place)) or None, seconds=30
    )
    assert gone


def short(tmp_path: Path) -> Path:
    """A folder that is short enough for a socket and this test's own."""
    place = Path("/tmp", f"d-{os.getpid()}-{tmp_path.name[-4:]}")  # noqa: S108 (removed by the test)
    place.mkdir(mode=0o700)
    return place


def processes_in(place: Path) -> list[str]:
    """Command lines that name the place."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            text = entry.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(place) in text:
            found.append(text)
    return found
