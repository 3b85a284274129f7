"""InnoDB's own ids of tables and indexes: they tell a rebuilt or recreated one from the old one."""

import re
from dataclasses import dataclass

from tern.ddl.flavor import Flavor
from tern.mysql.connection import Connection

# Letters of these blocks have short codes of three characters in InnoDB's names; which one, only
# the server's tables know. Source: strings/ctype-utf8.cc, "filename" character set.
_SHORT_CODED = (
    (0xC0, 0x5FF),
    (0x1E00, 0x1FFF),
    (0x2160, 0x217F),
    (0x24B0, 0x24EF),
    (0xFF20, 0xFF5F),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class InnodbIds:
    """The ids of a table (each partition has its own) and of its indexes, at one moment.

    Attributes:
        indexes: None where they aren't told: MySQL (seen on 9.7) leaves partitions' indexes out.
    """

    tables: frozenset[int]
    indexes: frozenset[int] | None

    def is_kept_by(self, later: "InnodbIds") -> bool | None:
        """Whether nothing was rebuilt and no index was built in between; None if unknown."""
        if not self.tables <= later.tables:
            return False
        if self.indexes is None or later.indexes is None:
            return None
        return later.indexes <= self.indexes


@dataclass(frozen=True, slots=True, kw_only=True)
class InnodbTable:
    """One row of InnoDB's own catalogue.

    Attributes:
        row_versions: Instant changes spent since the last rebuild; None where it isn't told.
    """

    table_id: int
    name: str
    row_versions: int | None


def innodb_tables(connection: Connection, schema: str) -> tuple[InnodbTable, ...]:
    """InnoDB's tables and partitions of the schema; without PROCESS this raises.

    Raises:
        MissingPrivilege: the account lacks PROCESS.
    """
    flavor = connection.flavor
    versions = "TOTAL_ROW_VERSIONS" if flavor.instant_row_versions() is not None else "NULL"
    pattern = _like(schema) + "/%"
    rows = connection.query(
        f"SELECT TABLE_ID, NAME, {versions} FROM information_schema.{_source(flavor, 'TABLES')} "
        "WHERE NAME LIKE %s",
        (pattern,),
    )
    wanted = _expression(schema)
    return tuple(
        InnodbTable(table_id=int(row[0]), name=str(row[1]), row_versions=row[2])
        for row in rows
        if re.fullmatch(wanted, str(row[1]).partition("/")[0])
    )


def table_ids(connection: Connection, schema: str, table: str) -> InnodbIds | None:
    """The ids of one table with its partitions; None when its name can't be told from another's.

    Raises as `innodb_tables`.
    """
    found = parts_of(innodb_tables(connection, schema), table)
    stems = {_stem(part.name) for part in found}
    if len(stems) != 1:
        return None
    return _with_indexes(connection, frozenset(part.table_id for part in found))


def parts_of(found: tuple[InnodbTable, ...], table: str) -> tuple[InnodbTable, ...]:
    """Those rows that are the table or one of its partitions."""
    wanted = re.compile(_expression(table))
    return tuple(part for part in found if wanted.fullmatch(_stem(part.name)))


def _stem(name: str) -> str:
    """The table's part of `schema/table#p#partition`; MariaDB writes `#P#`."""
    return re.split("#p#", name.partition("/")[2], maxsplit=1, flags=re.IGNORECASE)[0]


def _with_indexes(connection: Connection, tables: frozenset[int]) -> InnodbIds:
    marks = ", ".join(["%s"] * len(tables))
    source = _source(connection.flavor, "INDEXES")
    rows = connection.query(
        f"SELECT TABLE_ID, INDEX_ID FROM information_schema.{source} WHERE TABLE_ID IN ({marks})",
        tuple(tables),
    )
    is_complete = {int(row[0]) for row in rows} == tables
    indexes = frozenset(int(row[1]) for row in rows)
    return InnodbIds(tables=tables, indexes=indexes if is_complete else None)


def _source(flavor: Flavor, what: str) -> str:
    return f"INNODB_SYS_{what}" if flavor.is_mariadb() else f"INNODB_{what}"


def _expression(name: str) -> str:
    """A regular expression for the name as InnoDB spells it."""
    return "".join(_coded(character) for character in name)


def _coded(character: str) -> str:
    if character.isascii() and (character.isalnum() or character == "_"):
        return character
    if any(first <= ord(character) <= last for first, last in _SHORT_CODED):
        return "@.."
    return f"@{ord(character):04x}"


def _like(name: str) -> str:
    """A LIKE pattern that lets through every spelling that `_expression` takes, and some more."""
    coded = (_coded(character).replace("_", r"\_") for character in name)
    return "".join("@%" if code == "@.." else code for code in coded)
