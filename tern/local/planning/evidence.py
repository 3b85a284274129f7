"""What is known of the use of things that a plan drops: counted by one server since it started.

An answer that can't be had is "unknown" with its reason, never none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tern.ddl.clauses import Clause, DropColumn, DropIndex
from tern.ddl.table import Table
from tern.local.planning.probe import Prober
from tern.local.planning.uses import INDEX, OF_COLUMNS, USE, Uses
from tern.mysql.catalogue import TableSize


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """Asks one server for the use of its tables and indexes, and for rows in a change's way."""

    uses: Uses
    prober: Prober

    def of_drop(self, schema: str, table: str) -> Mapping[str, str]:
        """Use of a table that is dropped whole."""
        use = self.uses.of_table(schema, table)
        return {USE: use, **self.uses.window()} if use is not None else self.uses.unknown()

    def of_alter(
        self, schema: str, table: Table, clauses: Sequence[Clause], *, size: TableSize | None
    ) -> Mapping[str, str]:
        """Use of what an ALTER drops, and whether a row stands in its way today."""
        found = self.prober.of_clauses(schema, table, clauses, size=size)
        return {**self.of_clauses(schema, table.name, clauses), **found}

    def of_clauses(self, schema: str, table: str, clauses: Sequence[Clause]) -> Mapping[str, str]:
        """Use of what an ALTER drops: columns by their table, indexes by themselves."""
        found: dict[str, str] = {}
        columns = [c for c in clauses if isinstance(c, DropColumn) and not c.is_replaced]
        indexes = [c for c in clauses if isinstance(c, DropIndex) and not c.is_replaced]
        if not columns and not indexes:
            return {}
        if columns:
            use = self.uses.of_table(schema, table)
            if use is None:
                return self.uses.unknown()
            found[USE] = f"{use}; {OF_COLUMNS}"
        for clause in indexes:
            use = self.uses.of_index(schema, table, clause.index.name)
            if use is None:
                return self.uses.unknown()
            found[f"{INDEX}{clause.index.name}"] = use
        return {**found, **self.uses.window()}
