"""Two tables that a link ties together, without a run: what a comparison is asked about."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from integration.databases import Database
from integration.tern.desk import params
from tern.binlog.watched_table import TableName
from tern.engine.online import statements
from tern.engine.online.chunk import EVERYTHING
from tern.engine.online.column_map import pair_columns
from tern.engine.online.key_choice import choose_key
from tern.engine.online.link import Link
from tern.engine.online.shadow_table import probe_text
from tern.engine.online.verify import Comparison, compare
from tern.mysql.connect import connect
from tern.mysql.connection import Connection
from tern.mysql.introspect import read_table, show_create
from tern.mysql.session import data_session


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """A table `s`, its shadow `t`, and a session as the engine's own."""

    connection: Connection
    link: Link

    def copy(self) -> None:
        """Every row of the source is in the shadow."""
        self.connection.execute(statements.copy_range(self.link, EVERYTHING))

    def compare(self) -> Comparison:
        return compare(self.connection, self.link, EVERYTHING)

    def run(self, *statements: str) -> None:
        for sql in statements:
            self.connection.execute(sql)


@contextmanager
def linked(database: Database, columns: str, alter: str = "") -> Iterator[Linked]:
    """Tables with these columns and keys, the shadow altered."""
    database.query(f"CREATE TABLE s ({columns})")
    database.query("CREATE TABLE t LIKE s")
    if alter:
        database.query(f"ALTER TABLE t {alter}")
    with connect(params(database), session=data_session) as connection:
        connection.enter(database.name)
        text = show_create(connection, schema=database.name, table="t")
        probe = TableName(database.name, "p")
        database.query(probe_text(text, probe))
        source, shadow = (
            read_table(connection, schema=database.name, table=name) for name in ("s", "t")
        )
        pairs = pair_columns(source, shadow, f"ALTER TABLE s {alter}")
        link = Link(
            source=TableName(database.name, "s"),
            shadow=TableName(database.name, "t"),
            probe=probe,
            key=choose_key(source, shadow, pairs, flavor=connection.flavor),
            columns=pairs,
            flavor=connection.flavor,
        )
        yield Linked(connection=connection, link=link)
