"""`fix-lint` against the real application; what a fix is stands with the rules (C-34)."""

from dataclasses import replace

import pytest

from tern.values.plan import Finding, PlanRequest, PlanResult, Problem, SchemaObject
from tern.values.schema_files import Severity
from tests.cli.desk import USERS, Desk
from tests.support.planned import planned
from tests.support.scripted_tern import ScriptedTern

FIXED = USERS.replace("id int", "id bigint")
FOUND = Finding(
    rule="auto_inc_type",
    severity=Severity.WARNING,
    message="counter `id` is int",
    namespace="shop",
    table="users",
    file="users.sql",
    fixable=True,
)


class MendingTern(ScriptedTern):
    """Mends `users.sql` once."""

    async def plan(self, request: PlanRequest) -> PlanResult:
        result = await super().plan(request)
        if request.desired.files["shop"]["users.sql"] == FIXED:
            left = tuple(f for f in result.findings if not f.fixable)
            return replace(result, findings=left)
        mended = {"shop": {"users.sql": FIXED}} if request.fixes is not None else {}
        return replace(result, fixed=mended)


@pytest.fixture
def mending(desk: Desk) -> Desk:
    desk.tern = MendingTern()
    desk.planned = planned(findings=(FOUND,))
    return desk


def test_files_are_mended_once_and_the_next_step_is_named(mending: Desk) -> None:
    place = mending.schema
    ran = mending.run("fix-lint", "-s", str(place))
    assert (ran.status, "1 finding fixed in 1 file; 0 findings left." in ran.err) == (0, True), ran
    assert "The next plan will alter these tables." in ran.err
    assert (place / "users.sql").read_text() == FIXED
    again = mending.run("fix-lint", "-s", str(place), "--json")
    assert again.documents[0]["fixed"] == []


def test_a_dry_run_prints_one_diff_and_writes_nothing(mending: Desk) -> None:
    place = mending.schema
    ran = mending.run("fix-lint", "-s", str(place), "--dry-run", "--rule", "auto_inc_type")
    assert ran.status == 0, ran
    assert ran.out.splitlines() == [
        "--- a/users.sql",
        "+++ b/users.sql",
        "@@ -1 +1 @@",
        f"-{USERS.strip()}",
        f"+{FIXED.strip()}",
    ]
    assert (place / "users.sql").read_text() == USERS


def test_an_error_that_remains_exits_1(mending: Desk) -> None:
    error = replace(FOUND, rule="primary_key", severity=Severity.ERROR, fixable=False)
    mending.planned = planned(findings=(FOUND, error))
    ran = mending.run("fix-lint", "-s", str(mending.schema))
    assert (ran.status, "1 finding fixed in 1 file; 1 finding left." in ran.err) == (1, True), ran


def test_what_could_not_be_fixed_is_named(desk: Desk) -> None:
    left = SchemaObject(namespace="shop", kind="table", name="users", reason="x is not fixed: y")
    desk.planned = replace(planned(findings=(FOUND,)), unfixed=(left,))
    ran = desk.run("fix-lint", "-s", str(desk.schema))
    assert (ran.status, "shop.users: x is not fixed: y" in ran.err) == (0, True), ran
    assert "Nothing to fix" in ran.err


def test_files_with_errors_are_not_touched_and_a_rule_must_exist(desk: Desk) -> None:
    problem = Problem(code="sql_syntax", message="no", namespace="shop", file="a.sql", line=1)
    desk.planned = PlanResult(statements=(), problems=(problem,))
    ran = desk.run("fix-lint", "-s", str(desk.schema))
    assert (ran.status, "a.sql:1: no" in ran.err) == (1, True), ran
    unknown = desk.run("fix-lint", "-s", str(desk.schema), "--rule", "nope")
    assert (unknown.status, "unknown rule" in unknown.err) == (1, True), unknown
