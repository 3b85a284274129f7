"""The error codes that the API promises, by HTTP status."""

DOCUMENTED = {
    400: {"invalid_json", "invalid_request", "environment_mismatch", "option_unsupported",
          "operation_unsupported", "setting_unknown", "setting_invalid", "schedule_invalid"},
    401: {"unauthenticated"},
    403: {"forbidden", "source_policy_denied", "lock_not_owned"},
    404: {"not_found", "plan_not_found", "apply_not_found", "lock_not_found", "schedule_not_found",
          "worker_not_found", "database_not_found", "environment_not_found"},
    405: {"method_not_allowed"},
    409: {"active_apply_exists", "database_locked", "no_changes", "plan_has_errors", "plan_refused",
          "plan_expired", "plan_route_changed", "unsafe_not_allowed", "promotion_required",
          "invalid_state", "apply_terminal", "stop_pending", "revert_window_closed",
          "rollback_unavailable", "idempotency_key_reused"},
    413: {"body_too_large"},
    415: {"unsupported_media_type"},
    421: {"misdirected_request"},
    429: {"rate_limited"},
    500: {"internal_error"},
    502: {"engine_error", "outcome_unknown"},
    503: {"storage_error", "engine_unavailable", "target_unavailable", "auth_unavailable",
          "shutting_down", "too_many_streams"},
    504: {"timeout"},
}  # fmt: skip
