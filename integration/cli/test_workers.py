"""`schemabot worker` as processes of their own, on storage that lies on MariaDB and MySQL."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest

from integration.cli.flavors import MARIADB_FIRST, MYSQL_FIRST
from integration.cli.processes import Shop, eventually
from integration.cli.tables import create, times_run
from integration.databases import connect, fresh_database, query
from schemabot.offload import EXIT_TOO_LATE

pytestmark = pytest.mark.timeout(300)  # four processes start, and two leases run out

LOCK_WAIT = "Waiting for table metadata lock"


@pytest.fixture
def fleet(shop: Shop) -> Iterator[Shop]:
    """A shop whose service has no workers, over a storage on the same server."""
    query(shop.database.server, "FLUSH BINARY LOGS")
    with fresh_database(shop.database.server) as storage:
        shop.configure_fleet(storage.dsn, poll_interval="200ms")
        try:
            yield shop
        finally:
            shop.close()


@contextmanager
def held(shop: Shop, apply_id_of: Any) -> Iterator[str]:  # noqa: ANN401 (a command)
    """An apply that waits for a lock, until the block ends."""
    with closing(shop.database.connect(autocommit=False)) as holder, holder.cursor() as cursor:
        cursor.execute("SELECT * FROM alpha")
        apply_id = str(apply_id_of())
        eventually(lambda: driver(shop, apply_id), seconds=30)
        yield apply_id
        holder.rollback()


def driver(shop: Shop, apply_id: str) -> int | None:
    """The process that drives the apply; None when nobody does."""
    (operation,) = shop.progress(apply_id)["operations"]
    worker = operation["worker_id"]
    return int(worker.split("/")[1]) if worker else None


def ordered(shop: Shop) -> str:
    """An accepted change of the table."""
    shop.files(alpha=create("alpha", ", age INT"))
    ran = shop.apply("--no-watch", "--json")
    assert ran.status == 0, ran
    return str(ran.documents[0]["apply_id"])


def two_workers(shop: Shop) -> dict[int, subprocess.Popen[bytes]]:
    """A service without workers, two workers, and a table."""
    shop.serve()
    workers = {process.pid: process for process in (shop.work(), shop.work())}
    shop.files(alpha=create("alpha"))
    made = shop.apply()
    assert made.status == 0, made
    return workers


@MARIADB_FIRST
def test_a_killed_workers_apply_is_finished_by_the_other(fleet: Shop) -> None:
    """Q-59."""
    workers = two_workers(fleet)
    with held(fleet, lambda: ordered(fleet)) as apply_id:
        victim = driver(fleet, apply_id)
        assert victim is not None
        workers[victim].kill()
        workers[victim].wait()
        eventually(lambda: driver(fleet, apply_id) not in {None, victim} or None, seconds=30)
    assert fleet.run("progress", apply_id, "--watch").status == 0
    assert times_run(fleet, r"alter table `alpha`") == 1


@MYSQL_FIRST
def test_a_worker_that_is_asked_to_end_hands_its_apply_to_the_other(fleet: Shop) -> None:
    """Q-58: nothing spent, exit within the grace."""
    workers = two_workers(fleet)
    with held(fleet, lambda: ordered(fleet)) as apply_id:
        leaving = driver(fleet, apply_id)
        assert leaving is not None
        workers[leaving].send_signal(signal.SIGTERM)
        assert workers[leaving].wait(timeout=15) == 0
        eventually(lambda: driver(fleet, apply_id) not in {None, leaving} or None, seconds=30)
    assert fleet.run("progress", apply_id, "--watch").status == 0
    assert fleet.progress(apply_id)["attempt"] == 1
    assert "given up for now: shutdown" in fleet.run("logs", apply_id).out
    assert times_run(fleet, r"alter table `alpha`") == 1


@pytest.mark.long
def test_a_service_without_workers_wakes_one_that_hardly_ever_polls(fleet: Shop) -> None:
    """Q-33: without the wake it would wait about as long as the worker has been idle."""
    (line,) = [line for line in fleet.configuration.read_text().splitlines() if "url" in line]
    fleet.configure_fleet(line.split("'")[1], poll_interval="10m")
    fleet.work()
    fleet.serve()
    apply_id = ordered(fleet)
    assert fleet.run("progress", apply_id, "--watch").status == 0
    progress = fleet.progress(apply_id)
    assert instant(progress["started_at"]) - instant(progress["created_at"]) < timedelta(seconds=3)


@pytest.mark.long
@MARIADB_FIRST
def test_a_sweep_that_hangs_keeps_no_process_from_ending(fleet: Shop) -> None:
    """Q-58: the grace and its last moments over, it is ended by force."""
    server = fleet.database.server
    worker = fleet.work()
    waiting = "SELECT 1 FROM information_schema.processlist WHERE state = %s"
    with closing(connect(server, database=storage_of(fleet))) as holder:
        holder.cursor().execute("LOCK TABLES control_requests WRITE")
        eventually(lambda: query(server, waiting, LOCK_WAIT) or None, seconds=30)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=60) == EXIT_TOO_LATE


def storage_of(shop: Shop) -> str:
    """The schema that the service's storage is in."""
    (line,) = [row for row in shop.configuration.read_text().splitlines() if "url" in row]
    return line.split("'")[1].rpartition("/")[2]


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
