"""Links without a server, for what is pure."""

from tern.binlog.watched_table import KeyColumn, KeyKind, TableName
from tern.ddl.create_table import parse_create_table
from tern.ddl.flavor import Flavor, Vendor
from tern.engine.online.link import ChangeKey, KeyPart

TEXT = """CREATE TABLE `t` (
  `a` int NOT NULL,
  `b` varchar(9) NOT NULL,
  PRIMARY KEY (`a`,`b`)
) ENGINE=InnoDB"""
FLAVOR = Flavor(vendor=Vendor.MYSQL, version=(9, 7, 0))
SOURCE = TableName("shop", "t")


def change_key(*kinds: KeyKind) -> ChangeKey:
    """A key of the table's first columns."""
    columns = parse_create_table(TEXT).columns
    parts = tuple(
        KeyPart(origin=column, target=column, logged=KeyColumn(ordinal=place, kind=kind))
        for place, (column, kind) in enumerate(zip(columns, kinds, strict=False))
    )
    return ChangeKey(index="PRIMARY", shadow_index="PRIMARY", parts=parts)


INTEGER = change_key(KeyKind.SIGNED)
MIXED = change_key(KeyKind.SIGNED, KeyKind.TEXT)
