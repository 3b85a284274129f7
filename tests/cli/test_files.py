"""`pull`, `init` and `lint` against the real application (C-31 to C-33)."""

from pathlib import Path

import pytest

from tern.values.plan import Finding, PlanResult, Problem, PulledSchema
from tern.values.schema_files import Severity
from tests.cli.desk import YAML, Desk
from tests.support.planned import planned

LIVE = "CREATE TABLE `users` (\n  `id` int NOT NULL\n)"
WHERE = ("-d", "shop", "-e", "staging")


@pytest.fixture
def live(desk: Desk) -> Desk:
    """A desk at a database that holds one table."""
    desk.tern.pulled = PulledSchema(tables={"shop": {"users": LIVE}})
    desk.planned = PlanResult(statements=())
    return desk


def texts(place: Path) -> dict[str, str]:
    return {p.relative_to(place).as_posix(): p.read_text() for p in place.rglob("*.*")}


def test_pull_into_a_new_directory_makes_it(live: Desk, tmp_path: Path) -> None:
    place = tmp_path / "new"
    ran = live.run("pull", *WHERE, "-s", str(place))
    assert (ran.status, "2 files changed." in ran.out) == (0, True), ran
    assert texts(place) == {"schemabot.yaml": YAML, "users.sql": f"{LIVE};\n"}
    again = live.run("pull", *WHERE, "-s", str(place))
    assert (again.status, "nothing changed" in again.out) == (0, True), again


def test_pull_check_writes_nothing_and_exits_1_on_differences(live: Desk) -> None:
    place = live.schema
    before = texts(place)
    ran = live.run("pull", *WHERE, "-s", str(place), "--check")
    assert (ran.status, "users.sql would be written" in ran.out) == (1, True), ran
    assert texts(place) == before
    live.run("pull", *WHERE, "-s", str(place))
    assert live.run("pull", *WHERE, "-s", str(place), "--check").status == 0


def test_pull_that_leaves_something_to_plan_exits_1_and_shows_it(live: Desk) -> None:
    live.planned = planned()
    ran = live.run("pull", *WHERE, "-s", str(live.schema))
    assert (ran.status, "ALTER TABLE `users`" in ran.out) == (1, True), ran


def test_pull_names_what_only_files_have_and_prunes_it_when_asked(live: Desk) -> None:
    place = live.schema
    (place / "old.sql").write_text("CREATE TABLE old (id int);\n")
    ran = live.run("pull", *WHERE, "-s", str(place))
    assert "old.sql defines what the database lacks: old; --prune removes it" in ran.out
    ran = live.run("pull", *WHERE, "-s", str(place), "--prune", "--json")
    assert ran.documents[0]["removed"] == ["old.sql"]
    assert not (place / "old.sql").exists()


def test_pull_keeps_out_what_the_directory_ignores(live: Desk) -> None:
    live.tern.pulled = PulledSchema(
        tables={"shop": {"users": LIVE, "tmp_x": LIVE.replace("users", "tmp_x")}}
    )
    place = live.schema
    (place / "schemabot.yaml").write_text(f"{YAML}ignore_tables: [^tmp_]\n")
    live.run("pull", *WHERE, "-s", str(place))
    assert not (place / "tmp_x.sql").exists()


def test_several_namespaces_never_stand_flat(live: Desk, tmp_path: Path) -> None:
    live.tern.pulled = PulledSchema(tables={"shop": {"users": LIVE}, "audit": {"users": LIVE}})
    place = tmp_path / "new"
    assert live.run("pull", *WHERE, "-s", str(place)).status == 0
    assert set(texts(place)) == {"schemabot.yaml", "shop/users.sql", "audit/users.sql"}
    flat = live.run("pull", *WHERE, "-s", str(live.schema))
    assert (flat.status, "--namespace" in flat.err) == (2, True), flat


def test_pull_guards_the_directory_of_another_database(live: Desk) -> None:
    ran = live.run("pull", "-d", "blog", "-e", "production", "-s", str(live.schema))
    assert (ran.status, "is of database shop, not of blog" in ran.err) == (2, True), ran


def test_init_writes_an_example_offline_and_never_overwrites(desk: Desk, tmp_path: Path) -> None:
    place = tmp_path / "new"
    ran = desk.run("init", str(place), "-d", "shop", "-t", "mariadb", "--offline")
    assert ran.status == 0, ran
    assert texts(place)["schemabot.yaml"] == "database: shop\ntype: mariadb\n"
    assert "CREATE TABLE example" in texts(place)["example.sql"]
    again = desk.run("init", str(place), "-d", "shop", "--offline")
    assert (again.status, "exists already" in again.err) == (2, True), again


def test_init_copies_the_live_schema(live: Desk, tmp_path: Path) -> None:
    place = tmp_path / "new"
    ran = live.run("init", str(place), *WHERE, "--json")
    assert (ran.status, ran.documents[0]["written"]) == (0, ["schemabot.yaml", "users.sql"]), ran


def test_init_takes_the_type_from_the_service_and_needs_a_name(desk: Desk, tmp_path: Path) -> None:
    ran = desk.run("init", str(tmp_path / "one"), "-d", "blog")
    assert texts(tmp_path / "one") == {"schemabot.yaml": "database: blog\ntype: mariadb\n"}, ran
    nameless = desk.run("init", str(tmp_path / "two"))
    assert (nameless.status, "-d" in nameless.err) == (2, True), nameless


def finding(severity: Severity) -> Finding:
    return Finding(
        rule="has_float",
        severity=severity,
        message="column `a`: float is inexact",
        namespace="shop",
        table="users",
        file="users.sql",
        line=2,
        column=3,
    )


@pytest.mark.parametrize(
    ("severity", "fail_on", "status"),
    [
        (Severity.WARNING, "error", 0),
        (Severity.WARNING, "warning", 1),
        (Severity.ERROR, "error", 1),
        (Severity.INFO, "warning", 0),
    ],
)
def test_lint_places_each_finding_and_fails_from_a_weight_up(
    desk: Desk, *, severity: Severity, fail_on: str, status: int
) -> None:
    desk.planned = planned(findings=(finding(severity),))
    ran = desk.run("lint", "-s", str(desk.schema), "--fail-on", fail_on)
    assert ran.status == status, ran
    assert f"users.sql:2:3: {severity} has_float: column `a`: float is inexact" in ran.out
    assert desk.tern.plan_requests[-1].lints_whole


def test_lint_says_what_is_wrong_with_a_file(desk: Desk) -> None:
    problem = Problem(code="sql_syntax", message="no", namespace="shop", file="a.sql", line=1)
    desk.planned = PlanResult(statements=(), problems=(problem,))
    ran = desk.run("lint", "-s", str(desk.schema))
    assert (ran.status, "a.sql:1: no" in ran.out) == (1, True), ran
