"""What every test run can be asked: how applies come to their workers (Q-38)."""

import pytest

from schemabot.storage.storage import Storage
from tests.support.stored import Optimistic

MODES = {"on": Optimistic, "off": Storage}
"""Created and claimed in one transaction; or stored first, and claimed from the queue."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Name the mode of all tests of the queue."""
    parser.addoption(
        "--optimistic",
        choices=[*MODES, "both"],
        default="",
        help="optimistic dispatch in tests of the queue (without it: on over SQLite, else off)",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests that take a storage run in the mode that was asked for, or once in each."""
    if "storage_kind" not in metafunc.fixturenames:
        return
    asked = metafunc.config.getoption("--optimistic")
    is_on_servers = "server" in metafunc.fixturenames
    usual = "off" if is_on_servers else "on"
    modes = list(MODES) if asked == "both" else [asked or usual]
    ids = [f"optimistic-{mode}" for mode in modes]
    kinds = [MODES[mode] for mode in modes]
    metafunc.parametrize("storage_kind", kinds, ids=ids if asked else [pytest.HIDDEN_PARAM])
