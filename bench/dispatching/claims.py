"""Claims and completions a second of several processes at once: the product's, and bare SQL.

As a process, `python -m bench.dispatching.claims product|raw STORAGE COUNT` forks so many workers;
they begin together, work until nothing is due, and it says how many they did a second.
"""

import multiprocessing
import subprocess
import sys
import time
from contextlib import closing
from datetime import timedelta
from functools import partial
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pymysql
from sqlalchemy import make_url

from schemabot.domain.execution import Claimer, Execution, Report
from schemabot.storage.database import Database
from schemabot.storage.storage import Storage
from tern.values.progress import Progress, TaskProgress, TaskStatus
from tern.values.run import Completed

_ROOT = Path(__file__).parents[2]
TERM = timedelta(seconds=15)


def rate(kind: str, storage: str, *, processes: int) -> float:
    """Claims and completions a second over all processes, from the first start to the last end."""
    command = [sys.executable, "-m", __name__, kind, storage, str(processes)]
    said = subprocess.run(  # noqa: S603 (our own module)
        command, cwd=_ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    return float(said.stdout)


def _work_product(storage: Storage) -> int:
    claimer, done = Claimer(owner="bench", term=TERM), 0
    while True:
        executions = storage.leases.claim(claimer, limit=1)
        if not executions:
            return done
        for execution in executions:
            storage.leases.finish(execution.lease, Completed(), _last_report(execution))
            done += 1


def _last_report(execution: Execution) -> Report:
    tasks = tuple(
        TaskProgress(task_id=statement.task_id, status=TaskStatus.COMPLETED)
        for statement in execution.work.statements
    )
    return Report(accepted=True, progress=Progress(sequence=1, tasks=tasks))


def _work_raw(connection: pymysql.connections.Connection) -> int:
    done = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(
                "SELECT id FROM raw_queue WHERE state = 0 AND claimable_at <= UTC_TIMESTAMP(6) "
                "ORDER BY claimable_at, id LIMIT 1 FOR UPDATE SKIP LOCKED"
            )
            row = cursor.fetchone()
            if row is None:
                connection.commit()
                return done
            cursor.execute("UPDATE raw_queue SET state = 1, token = 't' WHERE id = %s", row)
            connection.commit()
            cursor.execute("UPDATE raw_queue SET state = 2, token = NULL WHERE id = %s", row)
            connection.commit()
            done += 1


def connect_raw(storage: str) -> pymysql.connections.Connection:
    url = make_url(storage)
    return pymysql.connect(
        ssl_disabled=True,
        host=url.host,
        port=url.port or 3306,
        user=url.username,
        database=url.database,
        autocommit=False,
        init_command="SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
    )


def _work(
    kind: str, url: str, *, begin: Barrier, shares: SimpleQueue[tuple[int, int, int]]
) -> None:
    if kind == "raw":
        with closing(connect_raw(url)) as connection:
            begin.wait()
            begun, done = time.monotonic_ns(), _work_raw(connection)
    else:
        storage = Storage(Database(url, pool_size=1))
        storage.database.ping()
        begin.wait()
        begun, done = time.monotonic_ns(), _work_product(storage)
    shares.put((done, begun, time.monotonic_ns()))


def main(kind: str, url: str, count: int) -> None:
    fork = multiprocessing.get_context("fork")
    begin, shares = fork.Barrier(count), fork.SimpleQueue()
    work = partial(_work, kind, url, begin=begin, shares=shares)
    workers = [fork.Process(target=work) for _ in range(count)]
    for worker in workers:
        worker.start()
    done, begun, ended = zip(*(shares.get() for _ in workers), strict=True)
    for worker in workers:
        worker.join()
    sys.stdout.write(f"{sum(done) / ((max(ended) - min(begun)) / 1e9):.1f}\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
