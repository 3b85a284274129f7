"""Each command against the real application on SQLite, with a Tern that follows scripts."""

import pytest

from tern.errors import StatementRejected
from tern.values.plan import PlanResult, Problem
from tests.cli.desk import Desk
from tests.support.planned import alter, planned
from tests.support.scripted_tern import ScriptedTern
from tests.support.scripts import completes, copies, fails, waits_for_cutover

STAGING = ("-e", "staging")


def test_plan_shows_every_environment_and_ends_well(desk: Desk) -> None:
    ran = desk.run("plan", "-s", str(desk.schema))
    assert ran.status == 0, ran
    assert "shop / staging, production" in ran.out
    assert ran.out.count("ALTER TABLE `users`") == 1
    assert ran.out.count("schemabot apply --plan-id") == 2


def test_a_plan_is_written_as_sql_and_as_markdown(desk: Desk) -> None:
    arguments = ("plan", "-s", str(desk.schema), *STAGING, "--format")
    assert "USE `shop`;\n-- users: copy\nALTER TABLE `users`" in desk.run(*arguments, "sql").out
    assert "```sql\nALTER TABLE `users`" in desk.run(*arguments, "markdown").out


def test_plan_with_exit_code_tells_differences_from_none(desk: Desk) -> None:
    arguments = ("plan", "-s", str(desk.schema), *STAGING, "--exit-code")
    assert desk.run(*arguments).status == 3
    desk.planned = PlanResult(statements=())
    ran = desk.run(*arguments)
    assert (ran.status, "No changes" in ran.out) == (0, True)


def test_a_plan_in_json_is_one_object_by_environment(desk: Desk) -> None:
    ran = desk.run("plan", "-s", str(desk.schema), *STAGING, "--json")
    [document] = ran.documents
    assert document["staging"]["statements"][0]["schema"] == "shop"


def test_an_unknown_environment_hides_no_other_plan(desk: Desk) -> None:
    ran = desk.run("plan", "-s", str(desk.schema), *STAGING, "-e", "nowhere")
    assert ran.status == 1
    assert "shop / staging" in ran.out
    assert "nowhere" in ran.err


def test_a_problem_in_a_file_is_shown_with_its_place_and_exits_1(desk: Desk) -> None:
    problem = Problem(code="sql_syntax", message="no such type", file="a.sql", line=3, column=7)
    desk.planned = PlanResult(statements=(), problems=(problem,))
    ran = desk.run("plan", "-s", str(desk.schema), *STAGING)
    assert (ran.status, "error: a.sql:3:7: no such type" in ran.out) == (1, True)


def test_an_apply_is_watched_to_its_completion(desk: Desk) -> None:
    ran = desk.run("apply", "-s", str(desk.schema), *STAGING, "-y")
    assert ran.status == 0, ran
    assert "apply accepted" in ran.out
    assert "table done table=users" in ran.out
    assert "apply completed" in ran.out.splitlines()[-1]


def test_an_apply_that_fails_exits_1_and_says_why(desk: Desk) -> None:
    error = StatementRejected(table="users", number=1064, reason="no")
    desk.tern = ScriptedTern(fails(error))
    ran = desk.run("apply", "-s", str(desk.schema), *STAGING, "-y")
    assert ran.status == 1
    assert "apply failed" in ran.out.splitlines()[-1]


def test_a_watched_apply_in_json_ends_with_its_result(desk: Desk) -> None:
    ran = desk.run("apply", "-s", str(desk.schema), *STAGING, "-y", "--json")
    kinds = [document["type"] for document in ran.documents]
    assert kinds[0] == "accepted"
    assert set(kinds[1:-1]) == {"progress"}
    last = ran.documents[-1]
    assert (last["type"], last["state"], last["exit_code"]) == ("result", "completed", 0)
    versions = [d["progress"]["version"] for d in ran.documents if d["type"] == "progress"]
    assert versions == sorted(set(versions))


def test_an_apply_of_nothing_is_done_at_once(desk: Desk) -> None:
    desk.planned = PlanResult(statements=())
    ran = desk.run("apply", "-s", str(desk.schema), *STAGING, "-y")
    assert (ran.status, "No changes" in ran.out) == (0, True)


def test_an_apply_by_plan_id_needs_no_files(desk: Desk) -> None:
    plan = desk.run("plan", "-s", str(desk.schema), *STAGING, "--json").documents[0]["staging"]
    ran = desk.run("apply", "--plan-id", plan["plan_id"], *STAGING, "-y")
    assert ran.status == 0, ran
    assert desk.tern.runs[0].work.statements[0].table == "users"


@pytest.mark.parametrize(
    ("statement", "said"),
    [(alter(unsafe="drops a column"), "--allow-unsafe"), (alter(proof="differs"), "refused")],
)
def test_a_closed_gate_stops_even_a_yes(desk: Desk, statement: object, said: str) -> None:
    desk.planned = planned(statement)  # type: ignore[arg-type]
    ran = desk.run("apply", "-s", str(desk.schema), *STAGING, "-y")
    assert ran.status == 1
    assert said in ran.err
    assert desk.tern.runs == []


def test_an_unsafe_plan_runs_with_consent(desk: Desk) -> None:
    desk.planned = planned(alter(unsafe="drops a column"))
    ran = desk.run("apply", "-s", str(desk.schema), *STAGING, "-y", "--allow-unsafe")
    assert (ran.status, "THIS CAN LOSE DATA" in ran.out) == (0, True)


def test_nobody_to_ask_exits_2_and_names_the_option(desk: Desk) -> None:
    ran = desk.run("apply", "-s", str(desk.schema), *STAGING)
    assert (ran.status, "-y" in ran.err) == (2, True)
    assert desk.tern.runs == []


def test_a_second_apply_names_the_first_and_exits_1(desk: Desk) -> None:
    desk.tern = ScriptedTern(copies())
    first = desk.applied()
    ran = desk.run("apply", "-s", str(desk.schema), *STAGING, "-y")
    assert ran.status == 1
    assert first in ran.err
    assert f"Try: schemabot progress {first}" in ran.err


def test_stop_start_and_the_end(desk: Desk) -> None:
    desk.tern = ScriptedTern(copies(), copies(), completes())
    first = desk.applied()
    stopped = desk.run("stop", first, *STAGING)
    assert (stopped.status, f"{first} is stopped" in stopped.out) == (0, True), stopped
    again = desk.run("start", first, *STAGING)
    assert (again.status, "apply completed" in again.out) == (0, True), again


def test_cancel_ends_for_good(desk: Desk) -> None:
    desk.tern = ScriptedTern(copies())
    first = desk.applied()
    ran = desk.run("cancel", first, *STAGING, "-y")
    assert (ran.status, "is cancelled" in ran.out) == (0, True), ran
    assert desk.run("progress", first).status == 0


def test_a_deferred_cutover_holds_and_then_goes_on(desk: Desk) -> None:
    desk.tern = ScriptedTern(waits_for_cutover())
    options = ("-y", "--defer-cutover", "--json")
    held = desk.run("apply", "-s", str(desk.schema), *STAGING, *options)
    assert (held.status, held.documents[-1]["state"]) == (0, "waiting_for_cutover"), held
    apply_id = held.documents[-1]["apply_id"]
    assert f"schemabot cutover {apply_id} -e staging" in held.err
    ran = desk.run("cutover", apply_id, *STAGING)
    assert (ran.status, "apply completed" in ran.out) == (0, True), ran


def test_volume_is_asked_for_and_said(desk: Desk) -> None:
    desk.tern = ScriptedTern(copies())
    first = desk.applied()
    ran = desk.run("volume", first, "5", *STAGING)
    assert (ran.status, "to 5" in ran.out) == (0, True), ran


def test_the_environment_guards_a_control_command(desk: Desk) -> None:
    desk.tern = ScriptedTern(copies())
    first = desk.applied()
    ran = desk.run("stop", first, "-e", "production")
    assert ran.status == 1
    assert f"{first} runs in staging, not in production" in ran.err


def test_status_lists_and_says_when_there_is_nothing(desk: Desk) -> None:
    assert desk.run("status").out == "No applies.\n"
    first = desk.applied()
    ran = desk.run("status", "--state", "completed", "-d", "shop")
    assert first in desk.run("status").out
    assert ran.status == 0


def test_logs_show_an_applys_own_lines(desk: Desk) -> None:
    desk.run("apply", "-s", str(desk.schema), *STAGING, "-y")
    ran = desk.run("logs", "-d", "shop", *STAGING)
    assert (ran.status, "claimed" in ran.out) == (0, True), ran
    assert desk.run("logs", "-d", "shop", *STAGING, "-f").out == ran.out


def test_databases_and_locks_are_listed(desk: Desk) -> None:
    databases = desk.run("databases")
    assert ("shop" in databases.out, "blog" in databases.out) == (True, True)
    assert "blog" not in desk.run("databases", "shop").out
    assert desk.run("locks").out == "No locks are held.\n"


def test_an_apply_holds_the_lock_and_unlock_gives_it_back(desk: Desk) -> None:
    desk.tern = ScriptedTern(copies())
    desk.applied()
    assert "apply of plan-" in desk.run("locks", "-d", "shop").out
    assert desk.run("unlock", "-d", "shop").status == 0
    assert desk.run("locks").out == "No locks are held.\n"


def test_a_completed_apply_gives_the_lock_back_unless_told_to_keep_it(desk: Desk) -> None:
    apply = ("apply", "-s", str(desk.schema), *STAGING, "-y")
    desk.run(*apply)
    assert desk.run("locks").out == "No locks are held.\n"
    desk.run(*apply, "--keep-lock")
    assert "shop" in desk.run("locks").out


def test_version_names_both_sides(desk: Desk) -> None:
    ran = desk.run("version")
    assert (ran.status, "service   test" in ran.out) == (0, True)


def test_each_form_of_output_can_be_named_and_colour_be_forced(desk: Desk) -> None:
    assert desk.run("status", "-o", "json").documents[0]["applies"] == []
    assert desk.run("-o", "log", "status").out == "No applies.\n"
    assert "\x1b[" not in desk.run("plan", "-s", str(desk.schema), "--color", "never").out
    assert "\x1b[" in desk.run("plan", "-s", str(desk.schema), "--color", "always").out


def test_on_a_terminal_the_last_picture_stays(desk: Desk) -> None:
    desk.is_terminal = True
    ran = desk.run("apply", "-s", str(desk.schema), *STAGING, "-y")
    assert ran.status == 0, ran
    assert "completed" in ran.out.split("\x1b[2K")[-1]
    assert ran.out.count("\x1b[?25l") == ran.out.count("\x1b[?25h") == 1
