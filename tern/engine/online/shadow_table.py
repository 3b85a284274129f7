"""The shadow as the plan wants the table, and the probe table: their definitions and making (E-13).

The shadow comes from the desired definition, not from LIKE and ALTER: so no instant row version is
spent and nothing of the source comes along that the plan did not prove.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import sha256

from tern.binlog.watched_table import TableName
from tern.ddl.create_table import parse_create_table, read_layout
from tern.ddl.identifiers import quote
from tern.ddl.substitution import substitute
from tern.ddl.table import Check, Column, Index, IndexKind, Part, Table
from tern.ddl.table_text import table_text
from tern.engine.definition import is_same
from tern.engine.online.link import ChangeKey
from tern.errors import StalePlan
from tern.mysql.connection import Connection
from tern.mysql.innodb import table_ids
from tern.mysql.introspect import show_create, without_counter

_COUNTER = re.compile(r"^\) ENGINE=\w+ AUTO_INCREMENT=(\d+)")
_DEFAULT_COLLATIONS = (
    "SELECT CHARACTER_SET_NAME, DEFAULT_COLLATE_NAME FROM information_schema.CHARACTER_SETS"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """What a table is, so that another one under its name is told from it (E-14).

    Attributes:
        text: Digest of the server's text less its counter; the name is part of it.
        ids: InnoDB's, of all partitions; they survive RENAME and change on TRUNCATE.
    """

    text: str
    ids: tuple[int, ...]


def renamed_text(text: str, name: str) -> str:
    """A CREATE TABLE text for the same table under another name."""
    return substitute(text, [(read_layout(text).name, name)])


def shadow_text(desired: str, shadow: TableName, *, names_checks_per_schema: bool) -> str:
    """What creates the shadow. Where check names are the schema's, the server gives new ones."""
    table = parse_create_table(renamed_text(desired, shadow.name))
    if names_checks_per_schema:
        table = replace(table, parts=tuple(_unnamed(part) for part in table.parts))
    return table_text(table)


def deferred_indexes(shadow: Table, key: ChangeKey) -> tuple[Index, ...]:
    """The indexes that may be added after the copy: all plain ones, or none (E-15a).

    None where some must be there from the start: then those added later would stand in another
    order than the plan's.
    """
    secondary = [index for index in shadow.indexes if not index.is_unique()]
    counted = {column.name.lower() for column in shadow.columns if column.is_auto_increment}
    is_needed = any(
        index.kind is not IndexKind.PLAIN
        or index.name == key.shadow_index
        or index.columns[0] in counted
        for index in secondary
        if index.columns
    )
    return () if is_needed or shadow.partitioning is not None else tuple(secondary)


def without_indexes(text: str, indexes: Iterable[Index]) -> str:
    """The same table without these indexes."""
    names = {index.name for index in indexes}
    table = parse_create_table(text)
    parts = tuple(p for p in table.parts if not (isinstance(p, Index) and p.name in names))
    return table_text(replace(table, parts=parts))


def probe_text(shadow: str, probe: TableName) -> str:
    """The shadow's columns without any key, so that rows stand side by side that share one."""
    table = parse_create_table(shadow)
    counted = [column.name for column in table.columns if column.is_auto_increment]
    parts = ",\n  ".join([
        *(column.text for column in table.columns),
        *(f"KEY ({quote(name)})" for name in counted),
    ])
    options = " ".join(option.text for option in table.options)
    return f"CREATE TABLE {quote(probe.name)} (\n  {parts}\n) {options}"


def check_equal(connection: Connection, *, live: str, desired: str, table: str) -> None:
    """Do nothing if the live text is the desired table but for the names of its checks.

    Raises:
        StalePlan: this server makes something else of the definition than the plan has proven.
    """
    one, other = (parse_create_table(text) for text in (live, desired))
    one = replace(one, name=other.name)
    rows = connection.query(_DEFAULT_COLLATIONS)
    defaults = {str(charset).lower(): str(collation).lower() for charset, collation in rows}
    is_equal = is_same(
        table_text(_without_checks(one)),
        table_text(_without_checks(other)),
        flavor=connection.flavor,
        defaults=defaults,
    )
    if not is_equal or _checks(one) != _checks(other):
        change = "the server makes another table of its definition than the plan has proven"
        raise StalePlan(table=table, change=change)


def read_fingerprint(connection: Connection, table: TableName) -> Fingerprint:
    """The table's fingerprint now.

    Raises:
        TableMissing: there is no such table.
        MissingPrivilege: the account lacks PROCESS.
    """
    text = without_counter(show_create(connection, schema=table.schema, table=table.name))
    ids = table_ids(connection, table.schema, table.name)
    return Fingerprint(
        text=sha256(text.encode()).hexdigest(),
        ids=() if ids is None else tuple(sorted(ids.tables)),
    )


def read_counter(connection: Connection, table: TableName) -> int:
    """The table's next AUTO_INCREMENT value; 1 where it has none yet."""
    text = show_create(connection, schema=table.schema, table=table.name)
    found = _COUNTER.match(text[text.rfind("\n) ") + 1 :])
    return int(found[1]) if found else 1


def _unnamed(part: Part) -> Part:
    if not isinstance(part, Check):
        return part
    return replace(part, text=part.text.removeprefix(f"CONSTRAINT {quote(part.name)} "))


def _without_checks(table: Table) -> Table:
    return replace(table, parts=tuple(p for p in table.parts if not isinstance(p, Check)))


def _checks(table: Table) -> list[tuple[str, bool]]:
    return sorted((check.expression, check.is_enforced) for check in table.checks)


def has_counter(columns: Iterable[Column]) -> bool:
    """Whether one of the columns is numbered by the server."""
    return any(column.is_auto_increment for column in columns)
