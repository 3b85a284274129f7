"""Documents as a service gives them, for screens that are compared with golden files."""

from typing import Any

from schemabot.api.schemas.plan import PlanAnswer
from schemabot.api.schemas.progress import ProgressAnswer

AT = "2026-03-04T05:06:07Z"
BEFORE = "2026-03-04T05:06:01Z"
NO_THROTTLE = {"throttled": False, "reason": None, "detail": None, "since": None}
ESTIMATE = {
    "rows": 1_000_000,
    "bytes": 210_000_000,
    "disk_needed_bytes": 2_040_109_466,
    "seconds_low": 100.0,
    "seconds_high": 150.0,
    "basis": "statistics",
}

OPTIONS = {
    "allow_unsafe": False,
    "defer_cutover": False,
    "defer_deploy": False,
    "skip_revert": False,
    "volume": None,
    "branch": None,
    "not_before": None,
    "start_before": None,
    "priority": "normal",
    "lock_owner": None,
    "release_lock": True,
}


def task(table: str, state: str, **changes: object) -> dict[str, Any]:
    """One task; a running copy unless changed."""
    made: dict[str, Any] = {
        "task_id": f"task-{table}",
        "namespace": "shop",
        "table": table,
        "change_type": "alter",
        "ddl": f"ALTER TABLE `{table}` ADD COLUMN `note` varchar(20)",
        "state": state,
        "method": "copy",
        "phase": None,
        "phases": [],
        "rows_copied": None,
        "rows_total": None,
        "rows_total_is_estimate": False,
        "rows_per_second": None,
        "percent": None,
        "eta_seconds": None,
        "verification": {"rows_checked": 0, "rows_total": None, "differences": 0},
        "throttle": NO_THROTTLE,
        "cutover": {"ready": False, "attempts": 0, "last_attempt_at": None, "last_error": None},
        "estimate": None,
        "actual": None,
        "shards": [],
        "detail": {},
        "attempt": 1,
        "error_code": None,
        "error": None,
        "started_at": None,
        "completed_at": None,
    }
    return {**made, **changes}


def copying(table: str = "orders") -> dict[str, Any]:
    """A copy at 57 percent that is held back."""
    return task(
        table,
        "running",
        phase="copying",
        rows_copied=570_213,
        rows_total=1_000_000,
        rows_per_second=9120.4,
        percent=57.02,
        eta_seconds=48.2,
        estimate=ESTIMATE,
        detail={"backlog_keys": "3400", "backlog_age_seconds": "2.3"},
        throttle={
            "throttled": True,
            "reason": "lag",
            "detail": "replica lag 2.4 s on db-2:3306, limit 1.5 s",
            "since": BEFORE,
        },
    )


def progress(state: str, *tasks: dict[str, Any], **changes: object) -> ProgressAnswer:
    """One apply's document."""
    made: dict[str, Any] = {
        "apply_id": "apply-4c1f09d2a7b3e655",
        "plan_id": "plan-93bd9b724df6f20c",
        "database": "shop",
        "database_type": "mysql",
        "environment": "staging",
        "engine": "online",
        "state": state,
        "detail": None,
        "terminal": state in {"completed", "failed", "cancelled", "reverted"},
        "caller": "anna",
        "pull_request": None,
        "options": OPTIONS,
        "volume": 3,
        "attempt": 1,
        "max_attempts": 10,
        "retry_at": None,
        "error_code": None,
        "error": None,
        "summary": "",
        "next_actions": [],
        "created_at": AT,
        "started_at": AT,
        "completed_at": None,
        "elapsed_seconds": 72.4,
        "revert_expires_at": None,
        "percent": 50.0,
        "eta_seconds": None,
        "throttle": NO_THROTTLE,
        "estimate": None,
        "actual": None,
        "queue": None,
        "operations": [],
        "tasks": list(tasks),
        "control_requests": [],
        "metadata": {},
        "as_of": AT,
        "stale": False,
        "version": 5,
    }
    return ProgressAnswer.model_validate({**made, **changes})


def statement(table: str, verdict: str, **changes: object) -> dict[str, Any]:
    """One planned statement."""
    made: dict[str, Any] = {
        "ordinal": 0,
        "namespace": "shop",
        "schema": "shop",
        "table": table,
        "change_type": "alter",
        "ddl": f"ALTER TABLE `{table}`\n  ADD COLUMN `note` varchar(20) DEFAULT NULL",
        "verdict": verdict,
        "reason": None,
        "proof": None,
        "unsafe_reasons": [],
        "evidence": {},
        "estimate": None,
        "details": {},
        "shards": [],
    }
    return {**made, **changes}


def plan(*statements: dict[str, Any], **changes: object) -> PlanAnswer:
    """One stored plan."""
    made: dict[str, Any] = {
        "plan_id": "plan-93bd9b724df6f20c",
        "plan_hash": "h",
        "desired_hash": "d",
        "database": "shop",
        "database_type": "mysql",
        "environment": "staging",
        "deployment": "default",
        "route": "local",
        "engine": "online",
        "caller": "anna",
        "has_changes": bool(statements),
        "is_unsafe": any(each["unsafe_reasons"] for each in statements),
        "is_applicable": True,
        "namespaces": {"shop": "shop"},
        "statements": list(statements),
        "findings": [],
        "errors": [],
        "warnings": [],
        "unmanaged": [],
        "ignored": [],
        "vschema_diffs": {},
        "estimate": None,
        "server": {"flavor": "MySQL", "version": "9.7.4", "uuid": "u", "place": "h:3306"},
        "repository": None,
        "pull_request": None,
        "head_sha": None,
        "created_at": AT,
        "expires_at": AT,
    }
    return PlanAnswer.model_validate({**made, **changes})
