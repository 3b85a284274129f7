"""Whether the replay led to the tables that the files define (P-31, P-32)."""

from collections.abc import Mapping, Sequence

from tern.ddl.errors import UnsupportedTable
from tern.ddl.identifiers import Names
from tern.ddl.table import Table
from tern.local.planning.changes import NamespaceChanges
from tern.local.planning.outcome import Judges, proof_failure
from tern.local.planning.proof import Replayed
from tern.mysql.connection import Connection
from tern.mysql.introspect import parsed
from tern.values.plan import Verdict

Place = tuple[str, str]  # namespace, the server's key for the table


class Verifier:
    """Compares what the replay reached with what the files define."""

    def __init__(
        self,
        connection: Connection,
        *,
        judges: Judges,
        schemas: Mapping[str, str],
        changes: Mapping[str, NamespaceChanges],
    ) -> None:
        self._connection = connection
        self._judges = judges
        self._schemas = schemas
        self._changes = changes
        self._names = Names(judges.flavor)

    def unproven(self, replayed: Sequence[Replayed]) -> dict[Place, str]:
        """Each table that was not reached, with the differences; also one without any statement."""
        refused = {self._place(one) for one in replayed if one.judgement.verdict is Verdict.REFUSED}
        last = {self._place(one): one for one in replayed}
        found: dict[Place, str] = {}
        for name, changed in self._changes.items():
            reached = self._reached(name, last)
            for key, desired in changed.desired.items():
                place = (name, key)
                live = self._live(changed, key)
                result = reached.get(key) if place in last else live
                failure = proof_failure(result, desired, live=live, judges=self._judges)
                if failure is not None and place not in refused:
                    found[place] = failure
        return found

    def _reached(self, namespace: str, last: Mapping[Place, Replayed]) -> dict[str, Table]:
        """What stands in the proof schema now, by the server's key for the name."""
        texts = {
            one.statement.table: one.after
            for (name, _), one in last.items()
            if name == namespace and one.after is not None and not one.is_sequence
        }
        schema = self._schemas[namespace]
        try:
            found = parsed(self._connection, schema=schema, texts=texts) if texts else {}
        except UnsupportedTable:
            return {}
        return {self._names.table_key(name): table for name, table in found.items()}

    def _live(self, changed: NamespaceChanges, key: str) -> Table | None:
        old = next(
            (r.old_name for r in changed.renames if self._names.table_key(r.new_name) == key), None
        )
        return changed.live.get(self._names.table_key(old) if old else key)

    def _place(self, one: Replayed) -> Place:
        return one.statement.namespace, self._names.table_key(one.statement.table)
