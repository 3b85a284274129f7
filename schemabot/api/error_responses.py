"""Error -> HTTP, one table; every leaf of the error tree is in it, and a test walks the tree.

The table also decides the word: what a target refuses to us is `engine_error` or
`target_unavailable` for the caller, whose credentials it is not about.
"""

from collections.abc import Mapping
from types import MappingProxyType

from starlette.responses import JSONResponse, Response

from schemabot.api import errors as http
from schemabot.config import errors as config
from schemabot.domain import errors as domain
from schemabot.service import errors as service
from tern import errors as tern

RETRY_AFTER_SECONDS = 2
_INTERNAL = (500, "internal_error")
_ENGINE = (502, "engine_error")
_TARGET = (503, "target_unavailable")
_INVALID = (400, "invalid_request")

STATUSES: Mapping[type[tern.SchemaBotError], tuple[int, str]] = MappingProxyType({
    http.InvalidJson: (400, "invalid_json"),
    http.BodyTooLarge: (413, "body_too_large"),
    http.UnsupportedMediaType: (415, "unsupported_media_type"),
    http.MisdirectedRequest: (421, "misdirected_request"),
    http.ForeignOrigin: (403, "forbidden"),
    http.RouteNotFound: (404, "not_found"),
    http.MethodNotAllowed: (405, "method_not_allowed"),
    http.Unauthenticated: (401, "unauthenticated"),
    http.TooManyStreams: (503, "too_many_streams"),
    http.ShuttingDown: (503, "shutting_down"),
    service.RoleMissing: (403, "forbidden"),
    service.PromotionRequired: (409, "promotion_required"),
    service.RollbackUnavailable: (409, "rollback_unavailable"),
    service.PlanTimedOut: (504, "timeout"),
    service.EngineUnavailable: (503, "engine_unavailable"),
    # schema directories and configuration never come from a request as such
    config.ConfigInvalid: _INTERNAL,
    config.SchemaDirectoryInvalid: _INVALID,
    domain.MalformedId: _INVALID,
    domain.InvalidField: _INVALID,
    domain.EnvironmentMismatch: (400, "environment_mismatch"),
    domain.OperationUnsupported: (400, "operation_unsupported"),
    domain.OptionUnsupported: (400, "option_unsupported"),
    domain.DatabaseUnknown: (404, "database_not_found"),
    domain.EnvironmentUnknown: (404, "environment_not_found"),
    domain.PlanNotFound: (404, "plan_not_found"),
    domain.ApplyNotFound: (404, "apply_not_found"),
    domain.LockNotFound: (404, "lock_not_found"),
    domain.ActiveApplyExists: (409, "active_apply_exists"),
    domain.DatabaseLocked: (409, "database_locked"),
    domain.LockNotOwned: (403, "lock_not_owned"),
    domain.NoChanges: (409, "no_changes"),
    domain.PlanHasErrors: (409, "plan_has_errors"),
    domain.PlanRefused: (409, "plan_refused"),
    domain.PlanExpired: (409, "plan_expired"),
    domain.PlanRouteChanged: (409, "plan_route_changed"),
    domain.ConsentMissing: (409, "unsafe_not_allowed"),
    domain.InvalidState: (409, "invalid_state"),
    domain.ApplyTerminal: (409, "apply_terminal"),
    domain.StopPending: (409, "stop_pending"),
    domain.IdempotencyKeyReused: (409, "idempotency_key_reused"),
    domain.StorageUnavailable: (503, "storage_error"),
    # what only a worker meets: nothing that the caller of the API could mend
    domain.IllegalTransition: _INTERNAL,
    domain.StorageMisconfigured: (503, "storage_error"),
    domain.StorageRevisionUnfit: (503, "storage_error"),
    domain.DriveCrashed: _ENGINE,
    domain.RunStalled: _ENGINE,
    domain.OutcomeIncomplete: _INVALID,
    domain.WorkRefused: _ENGINE,
    domain.StartWindowMissed: _ENGINE,
    domain.NoTasks: _ENGINE,
    domain.RevertWindowClosed: (409, "revert_window_closed"),
    domain.RetryBudgetExhausted: _ENGINE,
    domain.RecoveryWindowExpired: _ENGINE,
    tern.LeaseLost: _INTERNAL,
    tern.StaleEpoch: _INTERNAL,
    tern.OutcomeUnknown: (502, "outcome_unknown"),
    tern.InvalidSchema: _INVALID,
    tern.FlavorMismatch: _ENGINE,
    tern.InvalidDsn: _ENGINE,
    tern.UnsafeChange: (409, "unsafe_not_allowed"),
    tern.UnsupportedChange: (400, "operation_unsupported"),
    tern.AccessDenied: _ENGINE,
    tern.MissingPrivilege: _ENGINE,
    tern.SchemaMissing: _ENGINE,
    tern.TableMissing: _ENGINE,
    tern.TargetBusy: _TARGET,
    tern.StalePlan: (409, "plan_expired"),
    tern.ServerUnavailable: _TARGET,
    tern.Deadlock: _TARGET,
    tern.DiskFull: _TARGET,
    tern.LockWaitTimeout: _TARGET,
    tern.TargetReadOnly: _TARGET,
    tern.StatementRejected: _ENGINE,
    tern.DuplicateKey: _ENGINE,
    tern.LossyConversion: _ENGINE,
    tern.BinlogPurged: _ENGINE,
    tern.InternalError: _INTERNAL,
    tern.CopyNeeded: (400, "operation_unsupported"),
    tern.TargetUnknown: _ENGINE,
    tern.WrongState: (409, "invalid_state"),
    tern.FailedEarlier: _ENGINE,
    tern.InvalidLogPosition: _ENGINE,
    tern.LogUnreadable: _ENGINE,
    tern.LogUnsupported: _ENGINE,
    tern.LogIncident: _ENGINE,
    tern.RowImageIncomplete: _ENGINE,
    tern.TableLayoutChanged: _ENGINE,
    # leaves that a data plane keeps to itself are answered as their branch says
    tern.InvalidRequest: _INVALID,
    tern.Transient: _TARGET,
    tern.Forbidden: _ENGINE,
    tern.NotFound: _ENGINE,
    tern.Conflict: _ENGINE,
    tern.ChangeFailed: _ENGINE,
})


def status_of(error: tern.SchemaBotError) -> tuple[int, str]:
    """HTTP status and error code of an error; one that the table doesn't know is ours."""
    for kind in type(error).__mro__:
        if kind in STATUSES:
            return STATUSES[kind]
    return _INTERNAL


def error_response(error: tern.SchemaBotError, *, request_id: str) -> Response:
    """The answer that an error gets; an internal one says nothing but the request's id."""
    status, _ = status_of(error)
    if status == _INTERNAL[0]:
        return internal_error(request_id)
    return JSONResponse(
        error_body(error), status_code=status, headers=_headers(error, status=status)
    )


def error_body(error: tern.SchemaBotError) -> dict[str, object]:
    """The error as a document, for answers and for event streams."""
    body: dict[str, object] = {"error": error.message, "error_code": status_of(error)[1]}
    if error.next_action is not None:
        body["next_action"] = error.next_action
    if error.details:
        body["details"] = dict(error.details)
    return body


def internal_error(request_id: str) -> Response:
    """The answer to what should not happen."""
    body = {
        "error": f"something went wrong here; the log has it under request {request_id}",
        "error_code": _INTERNAL[1],
    }
    return JSONResponse(body, status_code=_INTERNAL[0])


def _headers(error: tern.SchemaBotError, *, status: int) -> dict[str, str]:
    match error:
        case http.MethodNotAllowed(allowed=allowed):
            return {"Allow": ", ".join(allowed)}
        case http.Unauthenticated():
            return {"WWW-Authenticate": "Bearer"}
        case _ if status in {429, 503, 504}:
            return {"Retry-After": str(RETRY_AFTER_SECONDS)}
        case _:
            return {}
