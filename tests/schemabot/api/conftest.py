from pathlib import Path

import pytest

from tests.support.api_client import Api, prepared_api


@pytest.fixture
def api(tmp_path: Path) -> Api:
    """The whole surface over an empty storage and targets that follow scripts."""
    return prepared_api(tmp_path)
