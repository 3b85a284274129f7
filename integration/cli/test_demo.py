"""`schemabot demo`, end to end: it shows what it should, and leaves nothing behind."""

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from integration.cli.processes import COMMAND, Ran, eventually
from integration.servers.program import Flavor, find_program
from integration.servers.throwaway import Server

SLOW = pytest.mark.timeout(400)


def demonstrated(
    flavor: Flavor, place: Path, *options: str, meanwhile: Callable[[Path], None] | None = None
) -> Ran:
    """A demonstration with its directories in this place, to its end."""
    program = str(find_program(flavor).path)
    return run_demo(place, "--rows", "20000", "--mysqld", program, *options, meanwhile=meanwhile)


def run_demo(place: Path, *options: str, meanwhile: Callable[[Path], None] | None = None) -> Ran:
    """One `schemabot demo` whose directories are in this place, to its end."""
    with subprocess.Popen(  # noqa: S603 (our own)
        [*COMMAND, "demo", *options],
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
@pytest.mark.parametrize(
    "flavor", [Flavor.MYSQL, pytest.param(Flavor.MARIADB, marks=pytest.mark.long)], ids=str
)
def test_the_demo_ends_well_and_leaves_nothing(flavor: Flavor, tmp_path: Path) -> None:
    place = short(tmp_path)
    ran = demonstrated(flavor, place, "--json", "--write-rate", "50")
    assert ran.status == 0, ran
    (said,) = ran.documents
    assert (said["rows"], said["verified"], said["failed_writes"]) == (20_000, True, 0)
    assert said["writes"] > 0
    assert is_clean(place)


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
    assert is_clean(place)


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
    assert is_clean(place)


ENDED_BY = {
    signal.SIGTERM: (130, ["--rows", "50000", "--volume", "1"], "sb-*/data/shop/orders_sb*_n.ibd"),
    signal.SIGKILL: (-9, ["--rows", "50000", "--volume", "1"], "sb-*/data/shop/orders_sb*_n.ibd"),
    signal.SIGINT: (130, ["--rows", "1000"], "sb-*/schemabot.db"),
}
"""Exit status, options, the file that shows the moment: in the copy, or as the service starts."""


@SLOW
@pytest.mark.parametrize(
    "number",
    [signal.SIGINT, signal.SIGKILL, pytest.param(signal.SIGTERM, marks=pytest.mark.long)],
)
def test_nothing_stays_when_the_demo_is_ended(number: signal.Signals, tmp_path: Path) -> None:
    """C-38: neither server, service and writers nor the command that watches."""
    place = short(tmp_path)
    status, options, moment = ENDED_BY[number]
    with subprocess.Popen(  # noqa: S603 (our own)
        [*COMMAND, "demo", *options],
        env={**os.environ, "TMPDIR": str(place)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as demo:
        eventually(lambda: any(place.glob(moment)) or None, seconds=180)
        demo.send_signal(number)
        assert demo.wait(timeout=90) == status
    eventually(lambda: is_clean(place) or None, seconds=60)


@SLOW
def test_what_is_kept_answers_and_goes_by_the_command_that_is_shown(tmp_path: Path) -> None:
    place = short(tmp_path)
    options = ("--rows", "1000", "--writers", "1", "--keep")
    ran = demonstrated(Flavor.MARIADB, place, *options)
    assert ran.status == 0, ran
    try:
        connect, remove = (line.partition(": ")[2] for line in ran.out.splitlines()[-2:])
        count = "'SELECT COUNT(*) > 900 FROM orders'"
        asked = subprocess.run(  # noqa: S602 (what a person would paste)
            f"{connect} -N -e {count}",
            shell=True,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (asked.returncode, asked.stdout.strip()) == (0, "1"), asked
    finally:
        subprocess.run(remove, shell=True, check=True)  # noqa: S602 (the same)
    eventually(lambda: is_clean(place) or None, seconds=60)


@SLOW
def test_on_an_existing_server_its_schema_is_gone_at_the_end(
    mariadb: Server, tmp_path: Path
) -> None:
    """C-36, C-38: the fixtures see to it that no schema stays."""
    place = short(tmp_path)
    dsn = f"mariadb://{mariadb.user}@{mariadb.host}:{mariadb.port}/"
    ran = run_demo(place, "--rows", "1000", "--dsn", dsn, "--json")
    assert ran.status == 0, ran
    assert (ran.documents[0]["verified"], is_clean(place)) == (True, True)


def is_clean(place: Path) -> bool:
    """Neither a file in it nor a process that names it; then it goes itself."""
    if list(place.iterdir()) or processes_in(place):
        return False
    place.rmdir()
    return True


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
