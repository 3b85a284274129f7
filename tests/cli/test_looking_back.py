"""`history`, `drift` and `rollback` against the real application (C-25, C-28, C-35)."""

from dataclasses import replace

import pytest

from tern.values.plan import OriginalTable, PlanResult, Problem, PulledSchema
from tests.cli.desk import Desk
from tests.support.planned import alter, planned
from tests.support.scripted_tern import ScriptedTern
from tests.support.scripts import copies

STAGING = ("-e", "staging")
BEFORE = "CREATE TABLE `users` (`id` int)"
WITH_ORIGINALS = replace(
    planned(alter()),
    originals=(OriginalTable(namespace="shop", table="users", text=BEFORE),),
)


@pytest.fixture
def undoable(desk: Desk) -> Desk:
    """A desk whose applies can be rolled back."""
    desk.planned = WITH_ORIGINALS
    desk.tern.pulled = PulledSchema(
        tables={"shop": {"users": BEFORE.replace("int)", "int, a int)")}}
    )
    return desk


def completed(desk: Desk) -> str:
    ran = desk.run("apply", "-s", str(desk.schema), *STAGING, "-y", "--json")
    assert ran.status == 0, ran
    return str(ran.documents[0]["apply_id"])


def test_history_tells_what_ran_and_how_it_ended(desk: Desk) -> None:
    apply_id = completed(desk)
    ran = desk.run("history", "-d", "shop")
    assert (ran.status, apply_id in ran.out, "completed" in ran.out) == (0, True, True), ran
    assert "ALTER TABLE `users`" in ran.out
    assert desk.run("history", "-d", "shop", "-e", "production").out == "shop has no applies.\n"
    assert desk.run("history", "-d", "shop", "--json").documents[0]["applies"][0]["ddl"]


def test_an_empty_history_says_so(desk: Desk) -> None:
    ran = desk.run("history", "-d", "blog")
    assert (ran.status, ran.out) == (0, "blog has no applies.\n")


def test_files_that_the_live_schema_follows_are_in_sync(desk: Desk) -> None:
    desk.planned = PlanResult(statements=())
    ran = desk.run("drift", "-s", str(desk.schema), *STAGING, "--exit-code")
    assert (ran.status, "In sync" in ran.out) == (0, True), ran


@pytest.mark.parametrize(("options", "status"), [((), 0), (("--exit-code",), 3)])
def test_a_drifted_schema_shows_its_statements(
    desk: Desk, options: tuple[str, ...], status: int
) -> None:
    ran = desk.run("drift", "-s", str(desk.schema), *STAGING, *options)
    assert (ran.status, "Drifted: 1 statement" in ran.out) == (status, True), ran
    assert "ALTER TABLE `users`" in ran.out


def test_what_nobody_knows_is_never_in_sync(desk: Desk) -> None:
    desk.planned = PlanResult(statements=(), problems=(Problem(code="x", message="bad file"),))
    ran = desk.run("drift", "-s", str(desk.schema), *STAGING, "--exit-code")
    assert (ran.status, "Unknown: bad file" in ran.out) == (1, True), ran
    ran = desk.run("drift", "-d", "shop", *STAGING)
    assert (ran.status, "nothing was applied" in ran.out) == (1, True), ran


def test_drift_without_files_compares_with_those_applied_last(desk: Desk) -> None:
    apply_id = completed(desk)
    desk.planned = PlanResult(statements=())
    ran = desk.run("drift", "-d", "shop", *STAGING)
    assert (ran.status, apply_id in ran.out, "In sync" in ran.out) == (0, True, True), ran


def test_drift_in_json_is_one_object_by_environment(desk: Desk) -> None:
    ran = desk.run("drift", "-s", str(desk.schema), *STAGING, "-e", "nowhere", "--json")
    (document,) = ran.documents
    assert ran.status == 1
    assert document["staging"]["result"] == "drifted"
    assert document["nowhere"]["error"]["code"] == "environment_not_found"


def test_drift_needs_exactly_one_of_files_and_database(desk: Desk) -> None:
    assert desk.run("drift").status == 2
    assert desk.run("drift", "-s", str(desk.schema), "-d", "shop").status == 2


def test_a_rollback_is_shown_asked_for_and_carried_out(undoable: Desk) -> None:
    apply_id = completed(undoable)
    asked = undoable.run("rollback", apply_id, *STAGING)
    assert (asked.status, "-y" in asked.err) == (2, True), asked
    ran = undoable.run("rollback", apply_id, *STAGING, "-y")
    assert ran.status == 0, ran
    assert ran.out.startswith(f"Rollback of {apply_id} (completed, ")
    assert "comes back without its rows" in ran.out
    assert "apply completed" in ran.out.splitlines()[-1]
    assert undoable.tern.plan_requests[-1].desired.files == {"shop": {"users.sql": BEFORE}}
    assert f"rollback of {apply_id}\n" in undoable.run("history", "-d", "shop").out


def test_a_rollback_that_loses_data_needs_consent_even_with_a_yes(undoable: Desk) -> None:
    apply_id = completed(undoable)
    undoable.planned = replace(WITH_ORIGINALS, statements=(alter(unsafe="column `age` goes"),))
    runs = len(undoable.tern.runs)
    ran = undoable.run("rollback", apply_id, *STAGING, "-y")
    assert (ran.status, "--allow-unsafe" in ran.err) == (1, True), ran
    assert len(undoable.tern.runs) == runs
    ran = undoable.run("rollback", apply_id, *STAGING, "-y", "--allow-unsafe", "--no-watch")
    assert ran.status == 0, ran


def test_a_rollback_guards_its_environment(undoable: Desk) -> None:
    apply_id = completed(undoable)
    ran = undoable.run("rollback", apply_id, "-e", "production", "-y")
    assert (ran.status, "runs in staging, not in production" in ran.err) == (1, True), ran


def test_an_apply_that_is_active_is_not_rolled_back(desk: Desk) -> None:
    desk.tern = ScriptedTern(copies())
    apply_id = desk.applied()
    ran = desk.run("rollback", apply_id, *STAGING, "-y")
    assert (ran.status, apply_id in ran.err) == (1, True), ran


def test_without_originals_a_rollback_says_why_not(desk: Desk) -> None:
    apply_id = completed(desk)
    ran = desk.run("rollback", apply_id, *STAGING, "-y")
    assert (ran.status, "was not kept" in ran.err) == (1, True), ran
