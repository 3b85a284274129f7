"""The one tree of errors: its branches say whose fault it is and what the caller can do.

Every package raises leaves of this tree. A leaf takes typed facts and writes its own message: the
thing, the place, the next step. Four tables elsewhere map it outwards (HTTP status, gRPC status,
exit code, drive outcome); a test walks all leaves for gaps. Server error numbers are translated
once, in `tern.mysql`; storage errors once, in `schemabot.storage`.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import ClassVar

Details = Mapping[str, object]


class SchemaBotError(Exception):
    """Root of the tree; only its leaves are raised.

    Attributes:
        code: Stable word for programs, unique to the leaf.
        message: One sentence for a person.
        next_action: The command or change that helps, where there is one.
        details: Facts for programs, in a fixed shape per code, free of secrets and row values.
    """

    code: ClassVar[str] = "internal_error"

    def __init__(
        self, message: str, *, next_action: str | None = None, details: Details | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.next_action = next_action
        self.details: Details = details or {}

    def __reduce__(self) -> tuple[object, ...]:
        """Pickled by what it says: a leaf is not made again from the facts that it was given."""
        return _unpickled, (type(self), self.args, self.__dict__)


def _unpickled(
    leaf: type[SchemaBotError], args: tuple[object, ...], facts: dict[str, object]
) -> SchemaBotError:
    error = leaf.__new__(leaf, *args)
    error.__dict__.update(facts)
    return error


class InvalidRequest(SchemaBotError):
    """The caller must change something before asking again."""


class Forbidden(SchemaBotError):
    """This caller may not do this."""


class NotFound(SchemaBotError):
    """Proven absent: a successful look said so. Never an outage."""


class Conflict(SchemaBotError):
    """The present state does not allow it now."""


class LeaseLost(SchemaBotError):
    """The work is no longer ours: stop, write nothing more."""

    code = "lease_lost"

    def __init__(self, *, subject: str, reason: str) -> None:
        super().__init__(f"the lease of {subject} is lost: {reason}")
        self.reason = reason


class Transient(SchemaBotError):
    """The same call may succeed later, unchanged."""


class ChangeFailed(SchemaBotError):
    """This schema change cannot succeed as it is; asking again gives the same answer."""


class InternalError(SchemaBotError):
    """A bug of ours; what went wrong is in the log of the process, under the same reference."""

    code = "internal_error"

    def __init__(self, *, reference: str) -> None:
        super().__init__(
            f"something failed inside SchemaBot (reference {reference})",
            next_action="look for the reference in the log of the process and report it",
        )


class OutcomeUnknown(SchemaBotError):
    """It may have happened: look, never repeat blindly, tell a person."""

    code = "outcome_unknown"

    def __init__(self, *, action: str, place: str, reason: str) -> None:
        super().__init__(
            f"{action} on {place} may or may not have happened: {reason}",
            next_action="compare the live table with the plan before starting the apply again",
        )


# Leaves about targets. Each names the place, never a password.


class InvalidSchema(InvalidRequest):
    """The schema files cannot be planned from; the problems say where."""

    code = "invalid_schema"

    def __init__(self, *, place: str, reason: str) -> None:
        super().__init__(f"{place}: {reason}")


class FlavorMismatch(InvalidRequest):
    """The configured type is not what the server is."""

    code = "flavor_mismatch"

    def __init__(self, *, place: str, configured: str, found: str) -> None:
        super().__init__(
            f"{place} is configured as {configured} but the server is {found}",
            next_action=f"set `type: {found.split(maxsplit=1)[0].lower()}` for this database",
        )


class InvalidDsn(InvalidRequest):
    """A target's address cannot be used as it is written; no part of it that is secret is said."""

    code = "invalid_dsn"

    def __init__(self, *, reason: str) -> None:
        super().__init__(
            f"the target's dsn is not usable: {reason}",
            next_action="write mysql://user:password@host:port/schema, with special characters "
            "percent-encoded",
        )


class UnsafeChange(InvalidRequest):
    """The change can lose something and nobody consented."""

    code = "unsafe_not_allowed"

    def __init__(self, *, table: str, reasons: Sequence[str]) -> None:
        super().__init__(
            f"{table}: {'; '.join(reasons)}",
            next_action="read the plan and consent with --allow-unsafe",
            details={"statements": [{"table": table, "reasons": list(reasons)}]},
        )


class UnsupportedChange(InvalidRequest):
    """No engine here can carry this statement out."""

    code = "unsupported_change"

    def __init__(self, *, table: str, reason: str, next_action: str | None = None) -> None:
        super().__init__(f"{table}: {reason}", next_action=next_action)


class CopyNeeded(InvalidRequest):
    """The server would now carry the statement out only by copying the table."""

    code = "copy_needed"

    def __init__(self, *, table: str, reason: str) -> None:
        super().__init__(
            f"{table}: the server takes the statement only with a copy of the table: {reason}",
            next_action="plan again: the statement needs the online engine",
        )


class AccessDenied(Forbidden):
    """The target refused the account or its password."""

    code = "access_denied"

    def __init__(self, *, place: str, account: str) -> None:
        super().__init__(
            f"{place} refused the account {account}",
            next_action="check user and password of the target's dsn in the server configuration",
        )


class MissingPrivilege(Forbidden):
    """The target's account lacks grants; all that are missing are named at once."""

    code = "missing_privilege"

    def __init__(self, *, place: str, account: str, grants: Sequence[str]) -> None:
        super().__init__(
            f"the account {account} on {place} lacks privileges: {'; '.join(grants)}",
            next_action="run, as an administrator: " + "; ".join(grants),
            details={"grants": list(grants)},
        )


class SchemaMissing(NotFound):
    """A namespace's schema does not exist on the target; SchemaBot creates no databases."""

    code = "namespace_missing"

    def __init__(self, *, place: str, schema: str) -> None:
        super().__init__(
            f"schema `{schema}` does not exist on {place}",
            next_action=f"create it (CREATE DATABASE `{schema}`) or correct its name",
        )


class TableMissing(NotFound):
    """A table that must exist is proven absent."""

    code = "table_missing"

    def __init__(self, *, place: str, table: str) -> None:
        super().__init__(f"table {table} does not exist on {place}")


class TargetUnknown(NotFound):
    """This data plane has no such target."""

    code = "target_unknown"

    def __init__(self, *, place: str) -> None:
        super().__init__(
            f"no target {place} is configured here",
            next_action="add it to `databases` in the configuration of this process",
        )


class WrongState(Conflict):
    """What was asked does not fit what the run is doing."""

    code = "wrong_state"

    def __init__(self, *, asked: str, reason: str) -> None:
        super().__init__(f"{asked} is not possible now: {reason}")


class TargetBusy(Conflict):
    """Somebody else holds the target's named lock."""

    code = "target_busy"

    def __init__(self, *, place: str, holder: str) -> None:
        super().__init__(
            f"{place} is being changed by {holder}",
            next_action="wait for it to end, or stop it",
        )


class StalePlan(Conflict):
    """The live table is neither as planned from nor as desired."""

    code = "stale_plan"

    def __init__(self, *, table: str, change: str) -> None:
        super().__init__(
            f"{table} is neither as the plan found it nor as it wants it: {change}",
            next_action="plan again",
        )


class StaleEpoch(LeaseLost):
    """A newer claim's epoch stands at the target."""

    code = "stale_epoch"

    def __init__(self, *, place: str, ours: int, found: int) -> None:
        super().__init__(subject=place, reason=f"epoch {found} is newer than ours, {ours}")


class ServerUnavailable(Transient):
    """The target cannot be reached, or the connection to it was lost."""

    code = "target_unavailable"

    def __init__(self, *, place: str, reason: str) -> None:
        super().__init__(
            f"{place} cannot be reached: {reason}",
            next_action="check that the server runs and that its address and port are right",
        )


class Deadlock(Transient):
    """The server chose our transaction as a deadlock's victim."""

    code = "deadlock"

    def __init__(self, *, place: str) -> None:
        super().__init__(f"deadlock on {place}")


class DiskFull(Transient):
    """The server has no room for what was to be written; that statement changed nothing."""

    code = "disk_full"

    def __init__(self, *, place: str, reason: str) -> None:
        super().__init__(
            f"{place} has no room left on its disk: {reason}",
            next_action="free space on the server, and it goes on by itself; or cancel the change, "
            "which drops what it has copied",
        )


class LockWaitTimeout(Transient):
    """A lock was not had within the budget."""

    code = "table_busy"

    def __init__(self, *, table: str, waited: timedelta, blockers: Sequence[str] = ()) -> None:
        held = f", held by {', '.join(blockers)}" if blockers else ""
        super().__init__(
            f"{table} stayed locked for {waited.total_seconds():g} s{held}",
            next_action="end the blocking transaction, or try again when it has ended",
        )


class TargetReadOnly(Transient):
    """The target refuses writes for now."""

    code = "read_only"

    def __init__(self, *, place: str) -> None:
        super().__init__(f"{place} is read-only", next_action="point the dsn at the primary server")


class StatementRejected(ChangeFailed):
    """The server refused a statement for a reason that will not pass."""

    code = "statement_rejected"

    def __init__(self, *, table: str, number: int, reason: str) -> None:
        super().__init__(f"{table}: the server refused the statement ({number}): {reason}")
        self.number = number


class FailedEarlier(ChangeFailed):
    """A statement of the work failed for good in an earlier run; nothing after it may run."""

    code = "failed_earlier"

    def __init__(self, *, table: str) -> None:
        super().__init__(
            f"the statement for {table} has failed already", next_action="plan and apply again"
        )


class DuplicateKey(ChangeFailed):
    """Two rows share a value that the new unique key forbids."""

    code = "duplicate"

    def __init__(self, *, table: str, index: str, value: str, keys: Sequence[str] = ()) -> None:
        rows = f" (rows {', '.join(keys)})" if keys else ""
        super().__init__(f"{table}: duplicate value {value} for unique index {index}{rows}")


class LossyConversion(ChangeFailed):
    """A row's value does not survive the conversion."""

    code = "lossy"

    def __init__(self, *, table: str, column: str, keys: Sequence[str]) -> None:
        super().__init__(f"{table}.{column} would lose data in rows {', '.join(keys)}")


class BinlogPurged(ChangeFailed):
    """The binary log no longer reaches back to where the feed must resume."""

    code = "log_purged"

    def __init__(self, *, place: str, position: str) -> None:
        super().__init__(
            f"{place} has purged its binary log beyond {position}",
            next_action="start the apply again: it copies afresh",
        )


class InvalidLogPosition(InvalidRequest):
    """A text is no position in a binary log, or positions of unlike servers were compared."""

    code = "invalid_log_position"

    def __init__(self, *, text: str, reason: str) -> None:
        super().__init__(
            f"binary log position {text!r}: {reason}",
            next_action="start the apply afresh; what was saved of it can't be used",
        )


class LogUnreadable(ChangeFailed):
    """The binary log holds bytes that don't make sense, or the server can't read it itself."""

    code = "log_unreadable"

    def __init__(self, *, place: str, position: str, reason: str) -> None:
        super().__init__(
            f"the binary log of {place} can't be read at {position}: {reason}",
            next_action="read it there with mysqlbinlog --verify-binlog-checksum",
        )


class LogUnsupported(ChangeFailed):
    """The binary log is written in a form that the change feed does not read."""

    code = "log_unsupported"

    def __init__(self, *, place: str, position: str, reason: str, next_action: str) -> None:
        super().__init__(
            f"the binary log of {place} can't be followed at {position}: {reason}",
            next_action=next_action,
        )


class LogIncident(ChangeFailed):
    """The server noted in its binary log that changes are missing from it."""

    code = "log_incident"

    def __init__(self, *, place: str, position: str, reason: str) -> None:
        super().__init__(
            f"{place} lost changes from its binary log at {position}: {reason}",
            next_action="start the apply again: it copies afresh",
        )


class RowImageIncomplete(ChangeFailed):
    """A change was logged without a column of the change key."""

    code = "row_image"

    def __init__(self, *, place: str, table: str, column: int) -> None:
        super().__init__(
            f"{place} logged a change of {table} without its key column {column}",
            next_action="set binlog_row_image=FULL there, for sessions too, and start again",
        )


class TableLayoutChanged(ChangeFailed):
    """A watched table's logged layout is not the one that the change was planned for."""

    code = "foreign_ddl"

    def __init__(self, *, table: str, reason: str) -> None:
        super().__init__(
            f"{table} was altered by somebody else: {reason}",
            next_action="plan again",
        )
