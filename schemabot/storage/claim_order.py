"""When a row may be claimed, and before which others: the one place that decides it (queue.md 4).

| fact                                            | `claimable_at`              | `claim_rank` |
|-------------------------------------------------|-----------------------------|--------------|
| terminal                                        | NULL                        | 0            |
| leased                                          | `lease_expires_at`          | 0            |
| an open request                                 | `due_at`                    | 0            |
| `stopped`                                       | NULL                        | 0            |
| `failed_retryable`                              | `retry_after`               | 1            |
| `pending`, never started: urgent, normal, low   | later of `not_before`, `due_at` | 2, 3, 4  |
| all else: handed back, parked                   | `due_at`                    | 0            |

`due_at` is when a row without a lease is next worth a look: its creation, its hand-back, the end of
its parking, or the moment at which something was asked of it.
"""

from datetime import datetime
from typing import Any

from schemabot.domain.apply import Priority
from schemabot.domain.states import ApplyState, is_terminal
from schemabot.storage.clock import Clock
from schemabot.storage.rows import Columns

RANK_ANY = 0
RANK_RETRY = 1
UNSTARTED_RANKS = {Priority.URGENT: 2, Priority.NORMAL: 3, Priority.LOW: 4}
RANKS = (RANK_ANY, RANK_RETRY, *UNSTARTED_RANKS.values())


def claim_columns(facts: Columns, clock: Clock) -> dict[str, Any]:
    """`claimable_at` and `claim_rank` as they follow from the row's other columns.

    Values may be instants or expressions of the same statement.
    """
    claimable_at, rank = _place(facts, clock)
    return {"claimable_at": claimable_at, "claim_rank": rank}


def _place(facts: Columns, clock: Clock) -> tuple[Any, int]:
    state = ApplyState(facts["state"])
    if is_terminal(state):
        return None, RANK_ANY
    if facts["lease_token"] is not None:
        return facts["lease_expires_at"], RANK_ANY
    if facts["open_requests"]:
        return facts["due_at"], RANK_ANY
    return _undisturbed(state, facts, clock)


def _undisturbed(state: ApplyState, facts: Columns, clock: Clock) -> tuple[Any, int]:
    if state is ApplyState.STOPPED:
        return None, RANK_ANY
    if state is ApplyState.FAILED_RETRYABLE:
        return facts["retry_after"], RANK_RETRY
    if state is ApplyState.PENDING and facts["started_at"] is None:
        return _unstarted_due(facts, clock), UNSTARTED_RANKS[Priority(facts["priority"])]
    return facts["due_at"], RANK_ANY


def _unstarted_due(facts: Columns, clock: Clock) -> Any:  # noqa: ANN401 - instant or expression
    not_before, due_at = facts["not_before"], facts["due_at"]
    if not_before is None:
        return due_at
    is_known = isinstance(due_at, datetime)
    return max(not_before, due_at) if is_known else clock.later_of(not_before, due_at)
