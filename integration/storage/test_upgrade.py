"""The upgrade contract on MariaDB and MySQL."""

from collections.abc import Iterator

import pytest

from integration.databases import fresh_database
from integration.servers.throwaway import Server
from tests.contracts.upgrade import UpgradeContract


class TestUpgrade(UpgradeContract):
    """On MariaDB and MySQL."""

    @pytest.fixture
    def empty_url(self, server: Server) -> Iterator[str]:
        with fresh_database(server) as schema:
            yield schema.dsn
