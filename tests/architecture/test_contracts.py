"""Each import contract bites: its violation, planted in a copy of the tree, is reported."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source_tree import PACKAGES, ROOT

# contract -> (file to write, what it imports)
PLANTS: dict[str, list[tuple[str, str]]] = {
    "packages": [("tern/planted.py", "import schemabot.domain.ids")],
    "schemabot-floors": [("schemabot/domain/planted.py", "import schemabot.storage.database")],
    "tern-floors": [("tern/ddl/planted.py", "import tern.mysql.connect")],
    "engine-floors": [("tern/engine/fence/planted.py", "import tern.engine.direct")],
    "no-circles": [
        ("schemabot/domain/planted_one.py", "import schemabot.domain.planted_two"),
        ("schemabot/domain/planted_two.py", "import schemabot.domain.planted_one"),
    ],
    "door": [("schemabot/service/planted.py", "import tern.ddl.table")],
    "bare-worker": [("schemabot/scheduler/drive.py", "import schemabot.storage.database")],
    "pure": [("tern/lint/planted.py", "import socket")],
    "sync": [("tern/engine/planted.py", "import anyio")],
    "rows-stay": [("schemabot/service/planted.py", "import schemabot.storage.tables.applies")],
    "orm": [("schemabot/service/planted.py", "import sqlalchemy")],
    "driver": [("tern/local/planted.py", "import pymysql")],
    "terminal": [("tern/planted.py", "import click")],
}


def planted_tree(tmp_path: Path, contract: str) -> Path:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("*.pyc"))
    shutil.copy(ROOT / ".importlinter", tmp_path)
    for name, line in PLANTS[contract]:
        with (tmp_path / name).open("a", encoding="utf-8") as planted:
            planted.write(f"{line}\n")
    return tmp_path


def lint(folder: Path, contract: str) -> subprocess.CompletedProcess[str]:
    tool = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(  # noqa: S603 (our own tool on our own copy)
        [str(tool), "--no-cache", "--no-logo", "--contract", contract],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def declared_contracts() -> set[str]:
    lines = (ROOT / ".importlinter").read_text(encoding="utf-8").splitlines()
    mark = "[importlinter:contract:"
    return {line.removeprefix(mark).rstrip("]") for line in lines if line.startswith(mark)}


def test_every_contract_has_a_plant() -> None:
    assert declared_contracts() == set(PLANTS)


@pytest.mark.parametrize("contract", sorted(PLANTS))
def test_a_planted_violation_breaks_its_contract(contract: str, tmp_path: Path) -> None:
    result = lint(planted_tree(tmp_path, contract), contract)
    assert "0 kept, 1 broken" in result.stdout, result.stdout + result.stderr
