from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from integration.databases import Database, fresh_database
from integration.queue.processes import WorkerProcess, worker_process
from integration.queue.target_side import TABLES
from integration.queue.worker_process import Orders
from integration.servers.throwaway import Server
from schemabot.storage.database import Database as StorageDatabase
from schemabot.storage.storage import Storage
from schemabot.storage.upgrade import upgrade


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A service's storage and a target, both empty, and what a worker must know of them."""

    storage: Storage
    target: Database
    orders: Orders
    folder: Path

    def worker(self, name: str, **changes: Any) -> AbstractContextManager[WorkerProcess]:  # noqa: ANN401 (orders)
        """A worker process for the length of a block."""
        orders = replace(self.orders, name=name, **changes)
        return worker_process(orders, log=self.folder / f"{name}.log")


@pytest.fixture
def site(mariadb: Server, tmp_path: Path) -> Iterator[Site]:
    with fresh_database(mariadb) as service, fresh_database(mariadb) as target:
        for table in TABLES:
            target.query(table)
        storage = Storage(StorageDatabase(service.dsn, pool_size=4))
        upgrade(storage.database)
        orders = Orders(
            storage=service.dsn,
            target_host=mariadb.host,
            target_port=mariadb.port,
            target_schema=target.name,
        )
        yield Site(storage=storage, target=target, orders=orders, folder=tmp_path)
        storage.database.close()
