"""All tables of a plan as they will be, read only as far as a rule asks about them."""

from collections.abc import Iterator, Mapping, MutableMapping

from tern.ddl.create_table import parse_create_table
from tern.ddl.errors import UnsupportedTable
from tern.ddl.identifiers import Names, quote
from tern.ddl.table import ForeignKey, Table

Place = tuple[str, str]


class Neighbours:
    """Finds tables by name or by column; each text is parsed once, when it is first needed."""

    def __init__(
        self,
        texts: Mapping[str, Mapping[str, str]],
        *,
        schemas: Mapping[str, str],
        names: Names,
    ) -> None:
        """Know these tables.

        Args:
            texts: Namespace -> table, as spelled -> the server's text.
            schemas: Namespace -> its schema on the server.
            names: How the server compares names.
        """
        self._names = names
        self._texts = {
            (namespace, names.table_key(table)): text
            for namespace, tables in texts.items()
            for table, text in tables.items()
        }
        self._namespaces = {names.table_key(schema): name for name, schema in schemas.items()}
        self._lowered: MutableMapping[Place, str] = {}
        self._parsed: MutableMapping[Place, Table | None] = {}

    def knows(self, namespace: str, schema: str | None) -> bool:
        """Whether a schema named in a table of the namespace is one of the plan's."""
        return self._namespace(namespace, schema) is not None

    def table(self, namespace: str, name: str, *, schema: str | None = None) -> Table | None:
        """The table as it will be; `schema` where its name is qualified. None: there is none."""
        home = self._namespace(namespace, schema)
        return None if home is None else self._read((home, self._names.table_key(name)))

    def with_column(self, namespace: str, column: str, *, unlike: str) -> Iterator[Table]:
        """Tables of the namespace with a column of this name, by name, which may differ in type.

        Those that plainly print the type `unlike` for it are passed over without being parsed.
        """
        mark = quote(column).lower()
        same = tuple(f"{mark} {unlike.lower()} {word}" for word in ("not null", "null", "default"))
        for place in sorted(self._texts):
            if place[0] != namespace or mark not in self._lower(place):
                continue
            if any(text in self._lower(place) for text in same):
                continue
            table = self._read(place)
            if table is not None and table.column(column) is not None:
                yield table

    def pointing_at(self, namespace: str, name: str) -> Iterator[tuple[str, ForeignKey]]:
        """Foreign keys of other tables that point at this one, with their tables' names."""
        mark = quote(name).lower()
        own = (namespace, self._names.table_key(name))
        for place in sorted(self._texts):
            text = self._lower(place)
            table = self._read(place) if "references" in text and mark in text else None
            for key in table.foreign_keys if table is not None and place != own else ():
                home = self._namespace(place[0], key.parent_schema)
                if (home, self._names.table_key(key.parent_table)) == own:
                    yield table.name if table is not None else "", key

    def _namespace(self, namespace: str, schema: str | None) -> str | None:
        if schema is None:
            return namespace
        return self._namespaces.get(self._names.table_key(schema))

    def _lower(self, place: Place) -> str:
        """A text to look for names in, before it is worth to be parsed."""
        if place not in self._lowered:
            self._lowered[place] = self._texts[place].lower()
        return self._lowered[place]

    def _read(self, place: Place) -> Table | None:
        if place not in self._parsed:
            text = self._texts.get(place)
            self._parsed[place] = None if text is None else _parsed(text)
        return self._parsed[place]


def _parsed(text: str) -> Table | None:
    try:
        return parse_create_table(text)
    except UnsupportedTable:
        return None
