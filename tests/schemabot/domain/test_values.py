"""Ids, leases, retries, plans: the arithmetic of small values."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemabot.domain.errors import MalformedId
from schemabot.domain.idempotency import hash_body
from schemabot.domain.ids import (
    mint_apply_id,
    mint_plan_id,
    mint_task_id,
    parse_apply_id,
    parse_plan_id,
    parse_task_id,
)
from schemabot.domain.lease import LeaseTerms
from schemabot.domain.plan import hash_desired, hash_plan
from schemabot.domain.retry import RetryPolicy
from tern.values.plan import Estimate
from tern.values.schema_files import SchemaFiles
from tern.values.target import DatabaseType, Target
from tests.support.planned import alter, error_finding, planned

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TARGET = Target(database="orders", type=DatabaseType.MYSQL, environment="production")


def test_a_minted_id_parses_as_its_own_kind_only() -> None:
    for mint, parse in (
        (mint_plan_id, parse_plan_id),
        (mint_apply_id, parse_apply_id),
        (mint_task_id, parse_task_id),
    ):
        assert parse(mint()) != mint()
    with pytest.raises(MalformedId):
        parse_apply_id(mint_plan_id())


@pytest.mark.parametrize(
    "text", ["", "apply-", "apply-0123456789abcdeF", "apply-0123456789abcdef\n"]
)
def test_a_malformed_id_is_refused(text: str) -> None:
    with pytest.raises(MalformedId):
        parse_apply_id(text)


def test_the_default_terms_of_a_lease_hold() -> None:
    assert LeaseTerms().problems() == ()
    assert (
        len(LeaseTerms(heartbeat=timedelta(seconds=6), margin=timedelta(seconds=9)).problems()) == 2
    )


@pytest.mark.parametrize(
    ("attempt", "seconds"), [(1, 1), (2, 5), (3, 15), (4, 30), (5, 60), (6, 120), (9, 120)]
)
def test_the_last_delay_repeats(attempt: int, seconds: int) -> None:
    assert RetryPolicy().delay_after(attempt) == timedelta(seconds=seconds)


def test_ten_attempts_take_ten_minutes_of_waiting() -> None:
    policy = RetryPolicy()
    waits = sum((policy.delay_after(n) for n in range(1, 10)), timedelta())
    assert timedelta(minutes=9) < waits < timedelta(minutes=11)
    assert [policy.is_spent(attempt) for attempt in (9, 10)] == [False, True]


@given(st.timedeltas(timedelta(0), timedelta(days=2)), st.integers(1, 12))
def test_a_retry_is_never_due_before_now(ago: timedelta, attempt: int) -> None:
    due = RetryPolicy().retry_after(now=NOW, attempt_started_at=NOW - ago, attempt=attempt)
    assert due >= NOW


def test_equal_plans_have_equal_hashes_whatever_they_cost() -> None:
    plan = planned()
    dearer = replace(plan, statements=(replace(alter(), estimate=Estimate(rows=9)),))
    assert hash_plan(TARGET, plan) == hash_plan(TARGET, dearer)
    others = [
        hash_plan(replace(TARGET, environment="staging"), plan),
        hash_plan(TARGET, planned(alter("visits"))),
        hash_plan(TARGET, planned(findings=(error_finding(),))),
    ]
    assert len({hash_plan(TARGET, plan), *others}) == 4


def test_desired_files_are_hashed_by_place_and_text_in_any_order() -> None:
    one = SchemaFiles(files={"a": {"x.sql": "1", "y.sql": "2"}, "b": {"x.sql": "1"}})
    same = SchemaFiles(files={"b": {"x.sql": "1"}, "a": {"y.sql": "2", "x.sql": "1"}})
    moved = SchemaFiles(files={"a": {"x.sql": "1", "y.sql": "1"}, "b": {"x.sql": "2"}})
    assert hash_desired(one) == hash_desired(same) != hash_desired(moved)


def test_bodies_are_told_apart() -> None:
    assert hash_body(b"{}") != hash_body(b"{ }")
