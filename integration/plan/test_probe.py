"""P-40: a plan tells whether a row stands in the way of a change today."""

from dataclasses import replace

import pytest

from integration.plan.target import PlanTarget, only
from tern.values.schema_files import PlanPolicy, Probe, SchemaConfig

HEAD = "CREATE TABLE t (id int PRIMARY KEY, "
CASES = {
    "NULL": ("a int", "NULL", "a int NOT NULL", "not_null a"),
    "narrower integer": ("a bigint", "40000", "a smallint", "lossy_type a"),
    "fraction": ("a decimal(9,2)", "1.5", "a int", "lossy_type a"),
    "fewer digits": ("a decimal(9,4)", "0.0001", "a decimal(9,2)", "lossy_type a"),
    "signed to unsigned": ("a int", "-1", "a int unsigned", "lossy_type a"),
    "shorter text": ("a varchar(9)", "'ééééé'", "a varchar(4)", "lossy_type a"),
    "text in fewer bytes": ("a text", "REPEAT('é', 200)", "a tinytext", "lossy_type a"),
    "other charset": ("a varchar(9)", "'日'", "a varchar(9) CHARSET latin1", "lossy_type a"),
    "member gone": ("a enum('x','y')", "'y'", "a enum('x')", "lossy_type a"),
    "shorter bytes": ("a varbinary(9)", "x'ffffff'", "a varbinary(2)", "lossy_type a"),
    "fewer fractional digits": (
        "a datetime(6)", "'2020-01-01 00:00:00.5'", "a datetime", "lossy_type a"
    ),
    "time of day": ("a datetime", "'2020-01-01 10:00:00'", "a date", "lossy_type a"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_row_that_a_change_would_stop_at_is_named_and_none_is_said(
    target: PlanTarget, case: tuple[str, str, str, str]
) -> None:
    live, value, desired, name = case
    target.run(f"{HEAD}{live})")
    assert only(target.plan(f"{HEAD}{desired})")).evidence[name] == "none today"
    target.run(f"INSERT INTO t VALUES (17, {value})")  # noqa: S608  # a literal of ours
    assert only(target.plan(f"{HEAD}{desired})")).evidence[name] == "would fail: id=17"


def test_duplicates_under_a_new_unique_key_are_named(target: PlanTarget) -> None:
    target.run(f"{HEAD}a int, b varchar(9))", "INSERT INTO t VALUES (1, 5, 'x'), (2, NULL, 'x')")
    wanted = f"{HEAD}a int, b varchar(9), UNIQUE KEY u (a, b))"
    assert only(target.plan(wanted)).evidence["add_unique u"] == "none today"
    target.run("INSERT INTO t VALUES (3, 5, 'x')")
    assert only(target.plan(wanted)).evidence["add_unique u"] == "would fail: a=5, b=x"


def test_what_no_query_tells_and_what_nobody_wants_to_know_is_not_probed(
    target: PlanTarget,
) -> None:
    target.run(f"{HEAD}a varchar(9))")
    answer = only(target.plan(f"{HEAD}a int)")).evidence["lossy_type a"]
    assert answer == "not probed: no query tells which values the change keeps"
    silent = replace(target, config=SchemaConfig(plan=PlanPolicy(probe=Probe.OFF)))
    answer = only(silent.plan(f"{HEAD}a varchar(5))")).evidence["lossy_type a"]
    assert answer == "not probed: plan.probe is off"
