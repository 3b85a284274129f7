"""Two schemas on one connection, in which pairs of tables are built, changed and looked at."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

from integration.servers.throwaway import Server
from tern.ddl.diff.pairing import Namespace
from tern.ddl.diff.policy import DiffPolicy
from tern.ddl.diff.rename_hints import resolve_hints
from tern.ddl.diff.renames import TableRename
from tern.ddl.diff.schema import diff_namespaces
from tern.ddl.diff.statement import TableStatement
from tern.ddl.flavor import Flavor
from tern.ddl.identifiers import quote
from tern.ddl.statements import CreateTable, classify, split
from tern.ddl.table import Table, with_named_options
from tern.mysql.connect import ConnectParams, connect
from tern.mysql.connection import Connection
from tern.mysql.introspect import parsed, show_create, without_counter
from tern.mysql.session import planning_session

Texts = Mapping[str, str]
Tables = Mapping[str, Table]

# What each server's catalogue says of a schema, apart from names that a server gave.
CATALOGUE = {
    "COLUMNS": "TABLE_NAME, ORDINAL_POSITION, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, EXTRA, "
    "COLUMN_DEFAULT, CHARACTER_SET_NAME, COLLATION_NAME, COLUMN_COMMENT, GENERATION_EXPRESSION",
    "STATISTICS": "TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX, NON_UNIQUE, COLUMN_NAME, COLLATION, "
    "SUB_PART, INDEX_TYPE, INDEX_COMMENT, {of_index}",
    "PARTITIONS": "TABLE_NAME, PARTITION_NAME, PARTITION_METHOD, PARTITION_EXPRESSION, "
    "PARTITION_DESCRIPTION",
    "TABLES": "TABLE_NAME, TABLE_COLLATION, TABLE_COMMENT, ENGINE",
    "CHECK_CONSTRAINTS": "CHECK_CLAUSE",
    "KEY_COLUMN_USAGE": "TABLE_NAME, COLUMN_NAME, REFERENCED_TABLE_NAME, REFERENCED_COLUMN_NAME",
    "REFERENTIAL_CONSTRAINTS": "TABLE_NAME, UPDATE_RULE, DELETE_RULE",
}
BY_CONSTRAINT = frozenset({"CHECK_CONSTRAINTS", "REFERENTIAL_CONSTRAINTS"})
OF_INDEXES = {"mysql": "IS_VISIBLE, EXPRESSION", "mariadb": "IGNORED"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A connection with a schema for what is live and one for what is desired."""

    connection: Connection
    live: str
    desired: str

    @property
    def flavor(self) -> Flavor:
        """The server's."""
        return self.connection.flavor

    def build(self, schema: str, texts: Texts) -> Tables:
        """These tables, and no others, as the server prints them."""
        self.clear(schema)
        for text in texts.values():
            self.connection.execute(text)
        found = self.read(schema, texts)
        return {name: with_named_options(found[name], self._named(texts[name])) for name in found}

    def read(self, schema: str, names: Texts) -> dict[str, Table]:
        """The tables of these names that the schema has."""
        return parsed(self.connection, schema=schema, texts=self.texts(schema, names))

    def texts(self, schema: str, names: Texts) -> dict[str, str]:
        """The server's texts, without counters."""
        return {
            name: without_counter(show_create(self.connection, schema=schema, table=name))
            for name in names
        }

    def clear(self, schema: str) -> None:
        """Drop every table of the schema, and be in it."""
        self.connection.enter(schema)
        self.connection.execute("SET SESSION foreign_key_checks = 0")
        names = [quote(name) for name, *_ in self.connection.query("SHOW TABLES")]
        if names:
            self.connection.execute(f"DROP TABLE {', '.join(names)}")

    def differ(
        self, live: Tables, desired: Tables, renames: Sequence[TableRename] = ()
    ) -> tuple[TableStatement, ...]:
        """The statements that the differ finds."""
        namespace = Namespace(
            name="n",
            schema=self.live,
            live=live,
            desired=desired,
            policy=DiffPolicy(),
            renames=tuple(renames),
        )
        return diff_namespaces([namespace], flavor=self.flavor)

    def run(self, statements: tuple[TableStatement, ...]) -> None:
        """Carry statements out in the live schema, keys checked as an apply has them."""
        self.connection.enter(self.live)
        self.connection.execute("SET SESSION foreign_key_checks = 1")
        for statement in statements:
            self.connection.execute(statement.sql)

    def catalogue(self, schema: str) -> list[list[str]]:
        """What information_schema says of the schema's tables: an oracle that isn't ours."""
        of_index = OF_INDEXES["mariadb" if self.flavor.is_mariadb() else "mysql"]
        found: list[list[str]] = []
        for view, columns in CATALOGUE.items():
            schema_column = f"{'CONSTRAINT' if view in BY_CONSTRAINT else 'TABLE'}_SCHEMA"
            sql = (
                f"SELECT {columns.format(of_index=of_index)} "  # noqa: S608  # our own words
                f"FROM information_schema.{view} WHERE {schema_column} = %s"
            )
            rows = map(repr, self.connection.query_bytes(sql, (schema,)))
            # MySQL says a check's literals to be in another character set after some ALTERs.
            found.append(sorted(row.replace("_latin1", "_utf8mb4") for row in rows))
        return found

    def renames(self, live: Tables, texts: Texts) -> tuple[TableRename, ...]:
        """What the hints in these texts come to."""
        found = resolve_hints([*map(self._read, texts.values())], live, flavor=self.flavor)
        assert (found.problems, found.done) == ((), ())
        return found.renames

    def _named(self, text: str) -> frozenset[str]:
        return self._read(text).named_options

    def _read(self, text: str) -> CreateTable:
        (source,) = split(text, file="pair.sql")
        read = classify(source, flavor=self.flavor, allowed_clauses=frozenset())
        assert isinstance(read, CreateTable), read
        return read


@contextmanager
def desk_on(server: Server) -> Iterator[Desk]:
    """Two schemas for the length of the block."""
    token = uuid4().hex[:8]
    params = ConnectParams(host=server.host, port=server.port, user=server.user)
    with connect(params, session=planning_session) as connection:
        desk = Desk(connection=connection, live=f"pl_{token}", desired=f"pd_{token}")
        for schema in (desk.live, desk.desired):
            connection.execute(f"CREATE DATABASE {schema} CHARACTER SET utf8mb4")
        try:
            yield desk
        finally:
            connection.execute("SET SESSION foreign_key_checks = 0")
            for schema in (desk.live, desk.desired):
                connection.execute(f"DROP DATABASE {schema}")
