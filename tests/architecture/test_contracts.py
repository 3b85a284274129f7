"""Each import contract bites: its violation, planted in a copy of the tree, is reported."""

import os
import shutil
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest

from tests.architecture.source_tree import PACKAGES, ROOT

CONTRACTS = "importlinter:contract:"

# contract -> module to write to, what it imports, line by line; one tree holds them all
PLANTS: dict[str, list[tuple[str, str]]] = {
    "packages": [("tern.mysql.planted_packages", "schemabot.domain.ids")],
    "schemabot-floors": [("schemabot.domain.planted_floors", "schemabot.storage.database")],
    "tern-floors": [("tern.ddl.planted_floors", "tern.mysql.connect")],
    "engine-floors": [("tern.engine.fence.planted_floors", "tern.engine.direct")],
    "no-circles": [
        ("schemabot.domain.planted_one", "schemabot.domain.planted_two"),
        ("schemabot.domain.planted_two", "schemabot.domain.planted_one"),
    ],
    "door": [("schemabot.service.planted_door", "tern.ddl.table")],
    "bare-worker": [("schemabot.scheduler.drive", "schemabot.storage.database")],
    "pure": [("tern.lint.planted_pure", "socket")],
    "sync": [("tern.engine.planted_sync", "anyio")],
    "rows-stay": [("schemabot.service.planted_rows", "schemabot.storage.tables.applies")],
    "orm": [("schemabot.service.planted_orm", "sqlalchemy")],
    "driver": [("tern.local.planted_driver", "pymysql")],
    "light-client": [("cli.commands.version", "schemabot.storage.storage")],
    "terminal": [("tern.mysql.planted_terminal", "click")],
}
SAID = {"no-circles": "- .planted_two -> .planted_one"}
"""What stands in the report where it isn't the import as it was planted."""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Contract -> what is said of it when every violation is planted at once."""
    folder = tmp_path_factory.mktemp("planted")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("*.pyc"))
    shutil.copy(ROOT / ".importlinter", folder)
    for module, imported in (plant for plants in PLANTS.values() for plant in plants):
        with (folder / f"{module.replace('.', '/')}.py").open("a", encoding="utf-8") as planted:
            planted.write(f"import {imported}\n")
    return sections(lint(folder))


def lint(folder: Path) -> str:
    tool = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(  # noqa: S603 (our own tool on our own copy)
        [str(tool), "--no-cache", "--no-logo"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "1000"},  # it breaks lines at the terminal's width
    ).stdout


def sections(output: str) -> dict[str, str]:
    """The part of each broken contract, which begins with its name, underlined."""
    _, _, broken = output.partition("Broken contracts")
    found = {}
    for contract, name in declared_contracts().items():
        _, _, rest = broken.partition(f"\n{name}\n{'-' * len(name)}\n")
        found[contract] = rest.partition("\n---")[0]
    return found


def declared_contracts() -> dict[str, str]:
    """Contract -> its name."""
    config = ConfigParser()
    config.read(ROOT / ".importlinter", encoding="utf-8")
    return {
        section.removeprefix(CONTRACTS): config[section]["name"]
        for section in config.sections()
        if section.startswith(CONTRACTS)
    }


def test_every_contract_has_a_plant() -> None:
    assert declared_contracts().keys() == PLANTS.keys()


@pytest.mark.parametrize("contract", sorted(PLANTS))
def test_a_planted_violation_breaks_its_contract(contract: str, report: dict[str, str]) -> None:
    module, imported = PLANTS[contract][-1]
    said = SAID.get(contract, f"{module} -> {imported}")
    assert said in report[contract], report[contract] or "not broken"
