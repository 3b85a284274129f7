"""The upgrade contract on SQLite."""

from pathlib import Path

import pytest

from tests.contracts.upgrade import UpgradeContract


class TestUpgrade(UpgradeContract):
    """On SQLite."""

    @pytest.fixture
    def empty_url(self, tmp_path: Path) -> str:
        return f"sqlite:///{tmp_path}/empty.db"
