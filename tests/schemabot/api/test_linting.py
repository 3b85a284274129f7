"""`POST /api/lint`, and what a pull says of the rules (A-16)."""

from dataclasses import replace

import pytest

from tern.values.plan import Finding, PulledSchema, SchemaObject
from tern.values.schema_files import Severity
from tests.support.api_client import FILES, Api
from tests.support.planned import planned
from tests.support.scripted_tern import ScriptedTern

KEY = "mysql/shop/staging"
BODY = {"database": "shop", "environment": "staging", "type": "mysql"}
LIVE = PulledSchema(tables={"shop": {"users": "CREATE TABLE `users` (`a` float)"}})
FOUND = Finding(
    rule="has_float",
    severity=Severity.WARNING,
    message="column `a`: float is inexact",
    namespace="shop",
    table="users",
    object="a",
)


@pytest.fixture
def tern(api: Api) -> ScriptedTern:
    made = ScriptedTern(plan=planned(findings=(FOUND,)))
    made.pulled = LIVE
    api.terns[KEY] = made
    return made


async def test_files_are_judged_whole_and_nothing_is_stored(api: Api, tern: ScriptedTern) -> None:
    answer = (await api.post("/api/lint", {**BODY, "files": FILES})).json()
    assert [finding["rule"] for finding in answer["findings"]] == ["has_float"]
    assert (answer["errors"], answer["fixed_files"]) == ([], None)
    assert tern.plan_requests[-1].lints_whole
    assert (await api.http.get("/api/plans")).json()["plans"] == []


async def test_without_files_the_live_schema_is_judged(api: Api, tern: ScriptedTern) -> None:
    answer = (await api.post("/api/lint", BODY)).json()
    assert len(answer["findings"]) == 1
    assert tern.plan_requests[-1].desired.files == {
        "shop": {"users.sql": "CREATE TABLE `users` (`a` float)"}
    }


async def test_a_pull_is_judged_when_asked(api: Api, tern: ScriptedTern) -> None:
    body = {"database": "shop", "environment": "staging"}
    assert (await api.post("/api/pull", body)).json()["findings"] == []
    assert tern.plan_requests == []
    pulled = (await api.post("/api/pull", {**body, "lint": True})).json()
    assert [finding["rule"] for finding in pulled["findings"]] == ["has_float"]


async def test_fixed_files_and_what_could_not_be_fixed_are_answered(
    api: Api, tern: ScriptedTern
) -> None:
    left = SchemaObject(namespace="shop", kind="table", name="t", reason="more would change")
    fixed = {"shop": {"users.sql": "CREATE TABLE users (id bigint);\n"}}
    tern.planned = replace(tern.planned, fixed=fixed, unfixed=(left,))
    body = {**BODY, "files": FILES, "fix": True, "rules": ["auto_inc_type"]}
    answer = (await api.post("/api/lint", body)).json()
    assert answer["fixed_files"] == fixed
    assert answer["unfixed"][0]["name"] == "t"
    assert tern.plan_requests[-1].fixes == ("auto_inc_type",)


@pytest.mark.parametrize(
    "wrong",
    [{"fix": True}, {"files": FILES, "rules": ["has_float"]}, {"files": FILES, "type": "mariadb"},
     {"files": FILES, "fix": True, "rules": ["no_such_rule"]}],
)  # fmt: skip
async def test_a_request_that_makes_no_sense_is_refused(api: Api, wrong: dict[str, object]) -> None:
    response = await api.post("/api/lint", {**BODY, **wrong})
    assert (response.status_code, response.json()["error_code"]) == (400, "invalid_request")


async def test_a_table_in_a_name_that_no_file_can_have_is_still_pulled(api: Api) -> None:
    tern = ScriptedTern()
    tern.pulled = PulledSchema(tables={"shop": {"a/b": "x", "A/B": "y"}})
    api.terns[KEY] = tern
    body = {"database": "shop", "environment": "staging"}
    files = (await api.post("/api/pull", body)).json()["files"]["shop"]
    assert files == {"A%2FB.sql": "y", "a%2Fb~2.sql": "x"}
