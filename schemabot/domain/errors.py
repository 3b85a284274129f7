"""The control plane's leaves of the error tree in `tern.errors`; the code is the API's word."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from tern.errors import (
    ChangeFailed,
    Conflict,
    Forbidden,
    InvalidRequest,
    NotFound,
    Transient,
)


class MalformedId(InvalidRequest):
    """An id that could never exist."""

    code = "invalid_request"

    def __init__(self, *, kind: str, text: str) -> None:
        problem = f"{text[:80]!r} is not of the form {kind}-<16 hex digits>"
        super().__init__(problem, details={"fields": [{"path": f"{kind}_id", "problem": problem}]})


class InvalidField(InvalidRequest):
    """One or more fields of a request are wrong."""

    code = "invalid_request"

    def __init__(self, *, fields: Sequence[tuple[str, str]]) -> None:
        super().__init__(
            "; ".join(f"{path}: {problem}" for path, problem in fields),
            details={"fields": [{"path": path, "problem": problem} for path, problem in fields]},
        )


class EnvironmentMismatch(InvalidRequest):
    """The request names another environment than the plan's or apply's."""

    code = "environment_mismatch"

    def __init__(self, *, subject: str, expected: str, given: str) -> None:
        super().__init__(
            f"{subject} belongs to environment {expected}, not {given}",
            next_action=f"ask with environment {expected}",
            details={"expected": expected},
        )


class OperationUnsupported(InvalidRequest):
    """The engine that runs this apply can't do that."""

    code = "operation_unsupported"

    def __init__(self, *, operation: str, engine: str, instead: str) -> None:
        super().__init__(f"the {engine} engine cannot {operation}", next_action=instead)


class OptionUnsupported(InvalidRequest):
    """The engine does not know an option that was given."""

    code = "option_unsupported"

    def __init__(self, *, option: str, engine: str, known: Sequence[str]) -> None:
        super().__init__(
            f"the {engine} engine has no option {option}",
            next_action=f"leave it out; it has {', '.join(known)}",
        )


class DatabaseUnknown(NotFound):
    """The server's configuration has no such database."""

    code = "database_not_found"

    def __init__(self, *, database: str, known: Sequence[str]) -> None:
        names = ", ".join(known) or "none"
        super().__init__(
            f"database {database} is not configured here; known: {names}",
            next_action="correct the name, or add it under `databases` in the server configuration",
            details={"known": list(known)},
        )


class EnvironmentUnknown(NotFound):
    """The database has no such environment."""

    code = "environment_not_found"

    def __init__(self, *, database: str, environment: str, known: Sequence[str]) -> None:
        super().__init__(
            f"database {database} has no environment {environment}; "
            f"known: {', '.join(known) or 'none'}",
            next_action="use one of the known environments",
            details={"known": list(known)},
        )


class PlanNotFound(NotFound):
    """No plan has this id."""

    code = "plan_not_found"

    def __init__(self, *, plan_id: str) -> None:
        super().__init__(f"there is no plan {plan_id}", next_action="plan again")


class ApplyNotFound(NotFound):
    """No apply has this id."""

    code = "apply_not_found"

    def __init__(self, *, apply_id: str) -> None:
        super().__init__(
            f"there is no apply {apply_id}", next_action="look it up with `schemabot status`"
        )


class LockNotFound(NotFound):
    """Nobody holds this lock."""

    code = "lock_not_found"

    def __init__(self, *, database: str, database_type: str) -> None:
        super().__init__(f"{database} ({database_type}) is not locked")


class ActiveApplyExists(Conflict):
    """The target has an apply that has not ended."""

    code = "active_apply_exists"

    def __init__(
        self, *, target: str, apply_id: str, state: str, caller: str, started_at: str | None
    ) -> None:
        super().__init__(
            f"{target} has an active apply: {apply_id} is {state} (by {caller})",
            next_action=f"follow it with `schemabot progress {apply_id}`, or stop or cancel it",
            details={
                "apply_id": apply_id,
                "state": state,
                "caller": caller,
                "started_at": started_at,
            },
        )


class DatabaseLocked(Conflict):
    """Somebody else holds the database's lock."""

    code = "database_locked"

    def __init__(self, *, lock: Mapping[str, object]) -> None:
        super().__init__(
            f"{lock['database']} is locked by {lock['owner']}",
            next_action="ask the owner to release it, or `schemabot unlock --force` as an admin",
            details={"lock": dict(lock)},
        )


class LockNotOwned(Forbidden):
    """Only the owner, or an admin by force, releases a lock."""

    code = "lock_not_owned"

    def __init__(self, *, lock: Mapping[str, object]) -> None:
        super().__init__(
            f"the lock of {lock['database']} belongs to {lock['owner']}",
            next_action="ask the owner to release it, or use --force as an admin",
            details={"lock": dict(lock)},
        )


class NoChanges(Conflict):
    """The plan has nothing to apply."""

    code = "no_changes"

    def __init__(self, *, plan_id: str) -> None:
        super().__init__(f"{plan_id} changes nothing: the database is already as desired")


class PlanHasErrors(Conflict):
    """The plan's files could not be planned from."""

    code = "plan_has_errors"

    def __init__(self, *, plan_id: str, problems: Sequence[str]) -> None:
        super().__init__(
            f"{plan_id} has errors: {problems[0]}", next_action="mend the files and plan again"
        )


class PlanRefused(Conflict):
    """The plan holds statements that no engine can carry out, or that are unproven."""

    code = "plan_refused"

    def __init__(self, *, plan_id: str, statements: Sequence[str]) -> None:
        super().__init__(
            f"{plan_id} can't be applied: {'; '.join(statements)}",
            next_action="change the files as the reasons say and plan again",
        )


class PlanExpired(Conflict):
    """The plan is older than plans may get."""

    code = "plan_expired"

    def __init__(self, *, plan_id: str, expired_at: str) -> None:
        super().__init__(f"{plan_id} expired at {expired_at}", next_action="plan again")


class PlanRouteChanged(Conflict):
    """The configuration routes the target elsewhere than when it was planned."""

    code = "plan_route_changed"

    def __init__(self, *, plan_id: str) -> None:
        super().__init__(
            f"the target of {plan_id} has another route or type now", next_action="plan again"
        )


class ConsentMissing(Conflict):
    """The stored plan is unsafe and the request did not consent."""

    code = "unsafe_not_allowed"

    def __init__(self, *, statements: Sequence[tuple[str, Sequence[str]]]) -> None:
        said = "; ".join(f"{table}: {', '.join(reasons)}" for table, reasons in statements)
        super().__init__(
            f"the plan is unsafe: {said}",
            next_action="read the plan and consent with --allow-unsafe",
            details={
                "statements": [
                    {"table": table, "reasons": list(reasons)} for table, reasons in statements
                ]
            },
        )


class InvalidState(Conflict):
    """The operation is not possible in the apply's present state."""

    code = "invalid_state"

    def __init__(self, *, operation: str, state: str, wait_for: str) -> None:
        super().__init__(
            f"{operation} is not possible while the apply is {state}",
            next_action=wait_for,
            details={"state": state},
        )


class ApplyTerminal(Conflict):
    """The apply has ended; nothing can be asked of it."""

    code = "apply_terminal"

    def __init__(self, *, apply_id: str, state: str) -> None:
        super().__init__(
            f"{apply_id} has ended: {state}",
            next_action="plan and apply again",
            details={"state": state},
        )


class StopPending(Conflict):
    """A stop or cancel is pending; nothing may go forward."""

    code = "stop_pending"

    def __init__(self, *, apply_id: str, pending: str) -> None:
        super().__init__(
            f"{apply_id} has a pending {pending}",
            next_action="wait until it has ended, then ask again",
        )


class IllegalTransition(Conflict):
    """A state change outside the matrix: refused by storage, a bug of the asker."""

    code = "illegal_transition"

    def __init__(self, *, subject: str, old: str, new: str) -> None:
        super().__init__(f"{subject} may not go from {old} to {new}")


class IdempotencyKeyReused(Conflict):
    """The same key came with another body."""

    code = "idempotency_key_reused"

    def __init__(self, *, key: str) -> None:
        super().__init__(
            f"Idempotency-Key {key} was used with another body",
            next_action="use a fresh key for another request",
        )


class StorageUnavailable(Transient):
    """The service's own database does not answer; an error is never an empty result."""

    code = "storage_error"

    def __init__(self, *, reason: str) -> None:
        super().__init__(
            f"the service's storage is not available: {reason}",
            next_action="try again; look at the storage server if it lasts",
        )


class StorageMisconfigured(InvalidRequest):
    """The service's own database can't be used as it is configured."""

    code = "storage_misconfigured"

    def __init__(self, *, reason: str) -> None:
        super().__init__(
            f"the service's storage can't be used: {reason}",
            next_action="correct `storage.url`, or the settings of the server that it names",
        )


class StorageRevisionUnfit(Conflict):
    """The storage's schema is not this version's."""

    code = "storage_revision"

    def __init__(self, *, found: str | None, wanted: str, next_action: str) -> None:
        super().__init__(
            f"the storage's schema is at revision {found or 'none'}, this version needs {wanted}",
            next_action=next_action,
        )


class DriveCrashed(ChangeFailed):
    """A run ended by a bug; what it was stands in the log of the process that drove it."""

    code = "internal_error"

    def __init__(self, *, apply_id: str) -> None:
        super().__init__(
            f"an internal error ended the run of {apply_id}",
            next_action="look for the apply's id in the log of the process that drove it",
        )


class OutcomeIncomplete(InvalidRequest):
    """A drive says that it has completed while a task of it has not ended."""

    code = "invalid_report"

    def __init__(self, *, apply_id: str, open_tasks: Sequence[str]) -> None:
        super().__init__(
            f"{apply_id} is said to be completed, but these tasks have not ended: "
            f"{', '.join(open_tasks)}",
            next_action="report the final state of every task together with the outcome",
        )


class WorkRefused(ChangeFailed):
    """No worker that claimed the apply could begin to drive it."""

    code = "work_refused"

    def __init__(self, *, claims: int, reason: str) -> None:
        super().__init__(
            f"{claims} workers in a row could not drive it: {reason}",
            next_action="mend the route of its target in the workers' configuration, and apply "
            "again",
        )


class StartWindowMissed(ChangeFailed):
    """It was to start before an instant that has passed."""

    code = "start_window_missed"

    def __init__(self, *, start_before: str) -> None:
        super().__init__(
            f"it did not start before {start_before}", next_action="apply again, with a later end"
        )


class NoTasks(ChangeFailed):
    """An apply without a single task: nothing could ever run."""

    code = "no_tasks"

    def __init__(self, *, apply_id: str) -> None:
        super().__init__(f"{apply_id} has no tasks", next_action="plan and apply again")


class RevertWindowClosed(Conflict):
    """A revert was asked for after the revert window."""

    code = "revert_window_closed"

    def __init__(self, *, apply_id: str, state: str) -> None:
        super().__init__(
            f"the revert window of {apply_id} is closed: it is {state}",
            next_action=f"make a rollback plan with `schemabot rollback {apply_id}`",
            details={"state": state},
        )


class RunStalled(Transient):
    """The engine reported no advance for longer than the limit."""

    code = "stalled"

    def __init__(self, *, apply_id: str, limit: timedelta) -> None:
        super().__init__(f"{apply_id} made no progress for {limit.total_seconds():g} s")


class RetryBudgetExhausted(ChangeFailed):
    """Every attempt was spent."""

    code = "retry_budget_exhausted"

    def __init__(self, *, attempts: int, last_error: str) -> None:
        super().__init__(f"all {attempts} attempts failed; the last: {last_error}")


class RecoveryWindowExpired(ChangeFailed):
    """A retry came due too long ago to run it unseen."""

    code = "recovery_window_expired"

    def __init__(self, *, overdue: timedelta) -> None:
        super().__init__(
            f"the retry is overdue by {overdue.total_seconds():.0f} s",
            next_action="plan and apply again",
        )
