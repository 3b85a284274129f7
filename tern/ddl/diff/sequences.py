"""Statements for sequences; they run around those for tables, whose defaults may need them."""

from collections.abc import Iterator, Mapping, Sequence

from tern.ddl.diff.pairing import Namespace
from tern.ddl.diff.statement import StatementKind, TableStatement
from tern.ddl.flavor import Flavor
from tern.ddl.identifiers import Names
from tern.ddl.sequence import Sequence as TableSequence
from tern.ddl.sequence import alter_sequence, drop_sequence


def diff_sequences(namespaces: Sequence[Namespace], flavor: Flavor) -> Iterator[TableStatement]:
    """New sequences are created and others changed, by namespace and name."""
    for namespace in sorted(namespaces, key=lambda each: each.name):
        live = _by_key(namespace.live_sequences, flavor)
        for key, desired in sorted(_by_key(namespace.desired_sequences, flavor).items()):
            before = live.get(key)
            kind = StatementKind.ALTER_SEQUENCE if before else StatementKind.CREATE_SEQUENCE
            sql = desired.text if before is None else alter_sequence(before, desired)
            if sql is not None:
                yield TableStatement(
                    kind=kind, namespace=namespace.name, table=desired.name, sql=sql
                )


def drop_sequences(namespaces: Sequence[Namespace], flavor: Flavor) -> Iterator[TableStatement]:
    """Sequences that no file defines go, by namespace and name."""
    for namespace in sorted(namespaces, key=lambda each: each.name):
        wanted = _by_key(namespace.desired_sequences, flavor)
        for key, live in sorted(_by_key(namespace.live_sequences, flavor).items()):
            if key not in wanted:
                yield TableStatement(
                    kind=StatementKind.DROP_SEQUENCE,
                    namespace=namespace.name,
                    table=live.name,
                    sql=drop_sequence(live.name),
                )


def _by_key(sequences: Mapping[str, TableSequence], flavor: Flavor) -> dict[str, TableSequence]:
    names = Names(flavor)
    return {names.table_key(sequence.name): sequence for sequence in sequences.values()}
