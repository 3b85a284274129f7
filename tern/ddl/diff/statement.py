"""A statement of a plan: what it does to which table, as clauses and as SQL."""

from dataclasses import dataclass
from enum import StrEnum

from tern.ddl.clauses import Clause


class StatementKind(StrEnum):
    """What a statement is; an ALTER that only moves foreign keys is an ALTER like any other."""

    CREATE_SEQUENCE = "create_sequence"
    ALTER_SEQUENCE = "alter_sequence"
    RENAME = "rename"
    CREATE = "create"
    ALTER = "alter"
    DROP = "drop"
    DROP_SEQUENCE = "drop_sequence"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableStatement:
    """One statement, which is one task.

    Attributes:
        namespace: The namespace in whose schema it runs.
        table: The name that the table has after it, or had before a DROP; or a sequence's.
        old_name: What a RENAME renames.
        clauses: Of an ALTER TABLE; else none.
        keeps_history: It must run with `system_versioning_alter_history=KEEP`.
    """

    kind: StatementKind
    namespace: str
    table: str
    sql: str
    old_name: str | None = None
    clauses: tuple[Clause, ...] = ()
    keeps_history: bool = False
