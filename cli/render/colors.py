"""The colour of each state (C-20)."""

from collections.abc import Mapping
from types import MappingProxyType

STATE_COLORS: Mapping[str, str] = MappingProxyType({
    "pending": "dim",
    "preparing_branch": "dim",
    "applying_branch_changes": "dim",
    "validating_branch": "dim",
    "creating_deploy_request": "dim",
    "validating_deploy_request": "dim",
    "failed_retryable": "dim",
    "running": "blue",
    "waiting_for_deploy": "yellow",
    "waiting_for_cutover": "yellow",
    "cutting_over": "magenta",
    "revert_window": "yellow",
    "completed": "green",
    "reverted": "green",
    "stopped": "dim yellow",
    "cancelled": "dim yellow",
    "failed": "red",
})
