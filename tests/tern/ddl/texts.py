"""What servers printed, kept beside the tests, and short ways to a table."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from tern.ddl.create_table import decode_show_create, parse_create_table
from tern.ddl.flavor import Flavor, Vendor
from tern.ddl.table import Collations, Table, with_collations

MYSQL = Flavor(vendor=Vendor.MYSQL, version=(9, 7, 4))
MARIADB = Flavor(vendor=Vendor.MARIADB, version=(10, 11, 19))
FLAVORS = {"mysql": MYSQL, "mariadb": MARIADB}

_HERE = Path(__file__).parent
_OPTIONS = ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A change that a server carried out: both sides as it printed them, and where it led."""

    name: str
    flavor: Flavor
    file: str
    live: dict[str, Table]
    desired: dict[str, Table]
    reached: dict[str, Table]
    statements: list[str]


def captures() -> dict[str, bytes]:
    """SHOW CREATE TABLE as MySQL 9.7.4 and MariaDB 10.11.19 sent it, by vendor and name."""
    found = sorted((_HERE / "captures").glob("*/*.sql"))
    return {f"{path.parent.name}/{path.stem}": path.read_bytes() for path in found}


def case_paths() -> list[Path]:
    """Changes that MySQL 9.7.4 and MariaDB 10.11.19 carried out."""
    return sorted((_HERE / "diff" / "cases").glob("*/*.json"))


def read_case(path: Path) -> Case:
    """The case that a file holds."""
    content = json.loads(path.read_text("utf-8"))
    return Case(
        name=path.stem,
        flavor=FLAVORS[path.parent.name],
        file=content["file"],
        live=_tables(content["live"]),
        desired=_tables(content["desired"]),
        reached=_tables(content["reached"]),
        statements=content["statements"],
    )


def captured(name: str) -> Table:
    """The table of a capture."""
    return parse_create_table(decode_show_create(captures()[name]))


def table(*definitions: str, name: str = "t", options: str = "", cut: str = "") -> Table:
    """A table in the form in which a server prints it."""
    body = ",\n  ".join(definitions)
    tail = f" {options}" if options else ""
    return parse_create_table(f"CREATE TABLE `{name}` (\n  {body}\n{_OPTIONS}{tail}{cut}")


def _tables(printed: list[dict[str, object]]) -> dict[str, Table]:
    tables = [
        with_collations(
            parse_create_table(cast("str", each["text"])),
            cast("Collations", each["collations"]),
        )
        for each in printed
    ]
    return {each.name: each for each in tables}
