"""Why an online change can't succeed, as leaves of the one tree."""

from collections.abc import Sequence

from tern.errors import ChangeFailed, Conflict


class DoesNotFit(ChangeFailed):
    """A row of the source is not a row of the new definition (E-36)."""

    code = "does_not_fit"

    def __init__(self, *, table: str, keys: Sequence[str], reason: str) -> None:
        rows = f" (row {'; '.join(keys)})" if keys else ""
        super().__init__(
            f"{table}: a row does not fit the new definition{rows}: {reason}",
            next_action="correct the row or the definition, then apply again",
            details={"table": table, "keys": list(keys)},
        )


class SilentLoss(ChangeFailed):
    """The server noted that a value was changed on its way into the shadow (E-6)."""

    code = "lossy"

    def __init__(self, *, table: str, warnings: Sequence[str]) -> None:
        super().__init__(
            f"{table}: rows would not survive the conversion: {'; '.join(warnings)}",
            next_action="correct the rows or the definition, then apply again",
        )


class ForeignDdl(ChangeFailed):
    """Somebody else changed the source or the shadow while the change ran (E-27)."""

    code = "foreign_ddl"

    def __init__(self, *, table: str, statement: str) -> None:
        super().__init__(
            f"{table} was changed by somebody else while it was being copied: {statement}",
            next_action="plan again",
        )


class StatementFormat(ChangeFailed):
    """A write is in the log as a statement, so its rows can't be told (E-27)."""

    code = "statement_format"

    def __init__(self, *, table: str, statement: str) -> None:
        super().__init__(
            f"a write to the schema of {table} was logged as a statement: {statement}",
            next_action="have every session write with binlog_format=ROW, then apply again",
        )


class SourceChanged(Conflict):
    """The source is not the table that the saved progress is of (E-57)."""

    code = "source_changed"

    def __init__(self, *, table: str) -> None:
        super().__init__(
            f"{table} was changed while its schema change was at rest",
            next_action="cancel this change and plan again",
        )


class OtherHistory(Conflict):
    """The server has not executed what the saved progress has seen (E-57)."""

    code = "history"

    def __init__(self, *, place: str) -> None:
        super().__init__(
            f"{place} lacks transactions that this change has already copied",
            next_action="check which server is the primary; then cancel and apply again",
        )


class NewerFormat(Conflict):
    """What is saved on the target was written by a newer program (E-57)."""

    code = "newer_format"

    def __init__(self, *, table: str, found: int, known: int) -> None:
        super().__init__(
            f"{table} was written by a newer SchemaBot: its format is {found}, ours {known}",
            next_action="go on with the newer program, or cancel the change with it",
            details={"found": found, "known": known},
        )


class OtherChange(Conflict):
    """A checkpoint on the target belongs to another change (E-57)."""

    code = "other_change"

    def __init__(self, *, table: str, reason: str) -> None:
        super().__init__(f"{table}: {reason}", next_action="finish or cancel that change first")


class TooManyFreshStarts(ChangeFailed):
    """The copy had to begin from nothing again and again (E-58)."""

    code = "fresh_starts"

    def __init__(self, *, table: str, reason: str) -> None:
        super().__init__(f"{table}: the copy can't be resumed a third time: {reason}")


class Diverged(ChangeFailed):
    """Rows differ for which no change is on its way: somebody wrote to the shadow (E-42)."""

    code = "diverged"

    def __init__(self, *, table: str, keys: Sequence[str]) -> None:
        super().__init__(
            f"{table}: the shadow differs from it in rows that nobody changed: {'; '.join(keys)}",
            next_action="find out who writes to the shadow table, then apply again",
            details={"table": table, "keys": list(keys)},
        )
