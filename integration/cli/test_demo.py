"""`schemabot demo`, end to end: it shows what it should, and leaves nothing behind."""

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from integration.cli.processes import COMMAND, Ran, eventually
from integration.servers.program import Flavor, find_program

SLOW = pytest.mark.timeout(400)


def demonstrated(
    flavor: Flavor, place: Path, *options: str, meanwhile: Callable[[Path], None] | None = None
) -> Ran:
    """A demonstration with its directories in this place, to its end."""
    program = str(find_program(flavor).path)
    with subprocess.Popen(  # noqa: S603 (our own)
        [*COMMAND, "demo", "--rows", "20000", "--mysqld", program, *options],
        env={**os.environ, "TMPDIR": str(place)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as demo:
        if meanwhile is not None:
            meanwhile(place)
        out, err = demo.communicate(timeout=350)
    return Ran(status=demo.returncode, out=out, err=err)


@SLOW
@pytest.mark.parametrize("flavor", list(Flavor), ids=str)
def test_the_demo_ends_well_and_leaves_nothing(flavor: Flavor, tmp_path: Path) -> None:
    place = short(tmp_path)
    ran = demonstrated(flavor, place, "--json", "--write-rate", "50")
    assert ran.status == 0, ran
    (said,) = ran.documents
    assert (said["rows"], said["verified"], said["failed_writes"]) == (20_000, True, 0)
    assert said["writes"] > 0
    assert (list(place.iterdir()), processes_in(place)) == ([], [])


@SLOW
@pytest.mark.parametrize(
    "flavor", [Flavor.MARIADB, pytest.param(Flavor.MYSQL, marks=pytest.mark.long)], ids=str
)
def test_a_service_killed_in_the_middle_loses_nothing(flavor: Flavor, tmp_path: Path) -> None:
    place = short(tmp_path)
    ran = demonstrated(flavor, place, "--crash", "--write-rate", "50")
    assert ran.status == 0, ran
    assert "it goes on where the copy was" in ran.out
    assert "nothing was lost" in ran.out
    assert list(place.iterdir()) == []


@SLOW
def test_a_demo_whose_ledger_and_table_disagree_fails(tmp_path: Path) -> None:
    """C-43: a row that nobody ever wrote is added to a writer's ledger."""

    def corrupt(place: Path) -> None:
        ledger = eventually(lambda: next(place.glob("sb-*/ledger-0.jsonl"), None), seconds=120)
        begun = '{"begin": 1000000000, "rows": {"4000000000": ["paid", 7]}}'
        ended = '{"end": 1000000000, "is": "committed", "at": 1.0, "seconds": 0.1, "why": ""}'
        with ledger.open("a", encoding="utf-8") as file:
            file.write(f"{begun}\n{ended}\n")

    place = short(tmp_path)
    ran = demonstrated(Flavor.MARIADB, place, "--write-rate", "20", meanwhile=corrupt)
    assert (ran.status, "row 4000000000 is absent, not paid with 7" in ran.err) == (1, True), ran
    assert list(place.iterdir()) == []


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
