"""The upgrade contract on SQLite."""

from pathlib import Path

import pytest

from tests.contracts.upgrade import UpgradeContract

REVISIONS = Path(__file__).parents[3] / "schemabot" / "storage" / "revisions"


def test_revisions_take_steps_that_can_be_repeated() -> None:
    """An upgrade that died on a server is run again from the first step of its revision."""
    texts = [file.read_text() for file in REVISIONS.glob("0*.py")]
    assert texts
    assert not [text for text in texts if "import op" in text]


class TestUpgrade(UpgradeContract):
    """On SQLite."""

    @pytest.fixture
    def empty_url(self, tmp_path: Path) -> str:
        return f"sqlite:///{tmp_path}/empty.db"
