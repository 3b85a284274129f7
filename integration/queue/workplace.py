"""What a worker process of the fault tests and benches is made of: the real parts, by hand."""

import os
import signal
import sys
from datetime import timedelta
from functools import partial

import anyio

from cli.processes.event_loop import run_on_loop
from integration.queue.journal_tern import JournalTern
from integration.queue.target_side import Address
from integration.queue.worker_process import Orders
from schemabot.domain.apply import Lane
from schemabot.domain.lease import LeaseTerms
from schemabot.domain.worker import WorkerReport
from schemabot.offload import ExitDeadline, Offload
from schemabot.scheduler.bell import Bells
from schemabot.scheduler.drive import DriveLimits
from schemabot.scheduler.instruments import Instruments
from schemabot.scheduler.observers import Observers
from schemabot.scheduler.poller import PollPace
from schemabot.scheduler.pool import Pool, PoolSettings
from schemabot.scheduler.stored_queue import StoredQueue
from schemabot.scheduler.wake import Waker, process_name
from schemabot.storage.database import Database
from schemabot.storage.storage import Storage
from schemabot.telemetry.logs import configure_logs, log_span
from schemabot.telemetry.span import Spans
from tern.client import Tern
from tests.support.scripted_tern import ScriptedTern
from tests.support.scripts import ignores_everything


class Workplace:
    """One process: storage, workers, wakes."""

    def __init__(self, orders: Orders, *, tern: Tern | None = None) -> None:
        self.orders = orders
        self.owner = process_name()
        self.storage = Storage(Database(orders.storage, pool_size=orders.slots + 4))
        self.threads = Offload("storage", limit=orders.slots + 4)
        self.bells = Bells()
        instruments = Instruments()
        spans = Spans(log_span, instruments.observe)
        settings = pool_settings(orders)
        self.waker = Waker(
            workers=self.storage.workers,
            threads=self.threads,
            bells=self.bells,
            report=self._report,
            spans=spans,
        )
        self.pool = Pool(
            queue=StoredQueue(self.storage, threads=self.threads, term=settings.terms.term),
            tern_for=lambda _: self._tern,
            owner=self.owner,
            settings=settings,
            bells=self.bells,
            wake=self.waker.wake,
            spans=spans,
            instruments=instruments,
            observers=Observers(),
        )
        self._tern = tern or journal_tern(orders, self.owner)

    def _report(self) -> WorkerReport:
        host, pid, _ = self.owner.split("/")
        return WorkerReport(
            worker_id=self.owner,
            host=host,
            pid=int(pid),
            version="test",
            kind=Lane.LOCAL,
            slots=self.orders.slots,
            busy=self.pool.busy,
            draining=self.pool.is_draining,
        )


def journal_tern(orders: Orders, owner: str) -> Tern:
    """The Tern that the judge understands."""
    if orders.is_deaf:
        return ScriptedTern(ignores_everything())
    return JournalTern(
        Address(host=orders.target_host, port=orders.target_port, schema=orders.target_schema),
        worker=owner,
        step=timedelta(seconds=orders.step),
        threads=orders.slots,
    )


def pool_settings(orders: Orders) -> PoolSettings:
    return PoolSettings(
        slots=orders.slots,
        terms=LeaseTerms(
            term=timedelta(seconds=orders.term),
            heartbeat=timedelta(seconds=orders.heartbeat),
            margin=timedelta(seconds=orders.margin),
        ),
        pace=PollPace(
            first=timedelta(seconds=orders.first_poll), interval=timedelta(seconds=orders.poll)
        ),
        limits=DriveLimits(),
    )


def work(orders: Orders) -> None:
    """Run until SIGTERM, then end in order within the grace."""
    configure_logs(level=os.environ.get("WORKER_LOG", "warning"), as_json=True)
    run_on_loop(partial(_work, Workplace(orders)))


async def _work(place: Workplace) -> None:
    deadline, grace = ExitDeadline(), timedelta(seconds=place.orders.grace)
    with anyio.open_signal_receiver(signal.SIGTERM) as signals:
        async with anyio.create_task_group() as group:
            await group.start(place.pool.run)
            if place.orders.wakes:
                await group.start(place.waker.run)
            say("ready")
            async for _ in signals:
                break
            deadline.set(grace)
            await place.pool.stop(grace=grace)
            group.cancel_scope.cancel()
    place.storage.database.close()
    deadline.clear()
    say("ended")


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
