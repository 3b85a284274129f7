"""An error says what, where and what to do, and keeps that on its way into another process."""

import pickle
from datetime import timedelta

import pytest

from tern.errors import (
    AccessDenied,
    DuplicateKey,
    FlavorMismatch,
    LockWaitTimeout,
    MissingPrivilege,
    SchemaBotError,
    SchemaMissing,
    ServerUnavailable,
    TargetReadOnly,
)

PLACE = "db-1:3306"


def test_an_error_is_the_same_after_it_was_pickled() -> None:
    made: tuple[SchemaBotError, ...] = (
        DuplicateKey(table="s.t", index="code", value="'7'", keys=["1", "2"]),
        MissingPrivilege(place="db", account="sb", grants=("GRANT PROCESS ON *.* TO sb",)),
    )
    for error in made:
        again = pickle.loads(pickle.dumps(error))  # noqa: S301  # our own bytes
        assert type(again) is type(error)
        assert (str(again), again.__dict__) == (str(error), error.__dict__)


@pytest.mark.parametrize(
    ("error", "code", "names"),
    [
        (ServerUnavailable(place=PLACE, reason="refused"), "target_unavailable", PLACE),
        (AccessDenied(place=PLACE, account="ann"), "access_denied", f"{PLACE} ann"),
        (
            MissingPrivilege(place=PLACE, account="ann", grants=["GRANT SELECT ON a.*"]),
            "missing_privilege",
            f"{PLACE} ann GRANT a.*",
        ),
        (SchemaMissing(place=PLACE, schema="shop"), "namespace_missing", f"{PLACE} `shop`"),
        (TargetReadOnly(place=PLACE), "read_only", PLACE),
        (LockWaitTimeout(table="shop.t", waited=timedelta(seconds=5)), "table_busy", "shop.t 5"),
        (
            FlavorMismatch(place=PLACE, configured="mysql", found="MariaDB 10.11"),
            "flavor_mismatch",
            f"{PLACE} mysql MariaDB",
        ),
    ],
)
def test_a_target_that_can_not_be_planned_for_is_named_with_what_to_do(
    error: SchemaBotError, code: str, names: str
) -> None:
    """P-6, P-10."""
    assert error.code == code
    assert [word for word in names.split() if word not in error.message] == []
    assert error.next_action
