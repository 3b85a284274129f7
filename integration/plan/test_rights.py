"""What the account must be allowed is asked for first, all at once; without it nothing happens."""

from dataclasses import replace

import pytest

from integration.databases import query
from integration.plan.target import Account, PlanTarget, only
from tern.errors import (
    AccessDenied,
    FlavorMismatch,
    InvalidDsn,
    MissingPrivilege,
    SchemaMissing,
    ServerUnavailable,
    UnsupportedChange,
)
from tern.local.planning.plan import plan
from tern.mysql.connect import Tls, TlsMode
from tern.values.plan import PlanRequest, Verdict
from tern.values.schema_files import SchemaFiles
from tern.values.target import DatabaseType, Target

WRONG = "hunter2"
TABLE = "CREATE TABLE t (id int PRIMARY KEY)"
SCRATCH = r"`\_schemabot\_%`.*"
SCRATCH_RIGHTS = "CREATE, DROP, ALTER, INDEX, REFERENCES, INSERT, SELECT, CREATE TEMPORARY TABLES"


def grant(target: PlanTarget, account: Account, *, rights: str, on: str) -> None:
    for host in ("%", "localhost"):
        query(target.server, f"GRANT {rights} ON {on} TO '{account.user}'@'{host}'")


def test_every_missing_grant_is_named_at_once(target: PlanTarget, bare_account: Account) -> None:
    with pytest.raises(MissingPrivilege) as caught:
        target.as_account(bare_account).plan(TABLE)
    grants = caught.value.details["grants"]
    assert isinstance(grants, list)
    escaped = target.database.name.replace("_", r"\_")
    assert [g.rpartition(" TO ")[0] for g in grants] == [
        f"GRANT SELECT ON `{escaped}`.*",
        f"GRANT {SCRATCH_RIGHTS} ON {SCRATCH}",
    ]


def test_the_named_grants_are_enough(target: PlanTarget, bare_account: Account) -> None:
    other = target.as_account(bare_account)
    with pytest.raises(MissingPrivilege) as caught:
        other.plan(TABLE)
    for line in (
        str(caught.value.next_action).removeprefix("run, as an administrator: ").split("; ")
    ):
        query(target.server, line)
    assert only(other.plan(TABLE)).verdict is Verdict.DIRECT


def test_one_missing_right_is_named_alone(target: PlanTarget, bare_account: Account) -> None:
    grant(target, bare_account, rights="SELECT", on=f"`{target.database.name}`.*")
    grant(target, bare_account, rights=SCRATCH_RIGHTS.replace("ALTER, ", ""), on=SCRATCH)
    with pytest.raises(MissingPrivilege) as caught:
        target.as_account(bare_account).plan(TABLE)
    assert f"GRANT ALTER ON {SCRATCH}" in caught.value.message


def test_without_process_the_plan_says_what_it_cannot_know(
    target: PlanTarget, bare_account: Account
) -> None:
    target.run(TABLE, "CREATE TABLE u (id int PRIMARY KEY, a int, KEY x (a))")
    grant(target, bare_account, rights="SELECT", on=f"`{target.database.name}`.*")
    grant(target, bare_account, rights=SCRATCH_RIGHTS, on=SCRATCH)
    result = target.as_account(bare_account).plan(
        TABLE, "CREATE TABLE u (id int PRIMARY KEY, a int, KEY y (a))"
    )
    assert only(result).verdict in {Verdict.INPLACE, Verdict.INSTANT}
    assert any("PROCESS" in warning for warning in result.warnings)
    assert any("triggers are unknown" in warning for warning in result.warnings)


def test_without_process_a_built_index_is_still_a_copy(
    target: PlanTarget, bare_account: Account
) -> None:
    target.run("CREATE TABLE u (id int PRIMARY KEY, a int)")
    grant(target, bare_account, rights="SELECT", on=f"`{target.database.name}`.*")
    grant(target, bare_account, rights=SCRATCH_RIGHTS, on=SCRATCH)
    result = target.as_account(bare_account).plan(
        "CREATE TABLE u (id int PRIMARY KEY, a int, KEY y (a))"
    )
    statement = only(result)
    assert (statement.verdict, statement.details["source"]) == (Verdict.COPY, "rule")


def test_without_performance_schema_the_use_of_a_dropped_table_is_unknown(
    target: PlanTarget, bare_account: Account
) -> None:
    target.run(TABLE)
    grant(target, bare_account, rights="SELECT", on=f"`{target.database.name}`.*")
    grant(target, bare_account, rights=SCRATCH_RIGHTS, on=SCRATCH)
    result = target.as_account(bare_account).plan("CREATE TABLE t2 (id int PRIMARY KEY)")
    assert result.statements[-1].evidence == {
        "use": "unknown: the account can't read performance_schema"
    }


def test_a_wrong_password_is_access_denied_and_not_repeated(
    target: PlanTarget, bare_account: Account
) -> None:
    wrong = target.as_account(replace(bare_account, password=WRONG))
    with pytest.raises(AccessDenied) as caught:
        wrong.plan(TABLE)
    assert WRONG not in str(caught.value)
    assert "planner" in str(caught.value)


def test_a_server_that_is_down_is_unavailable_with_its_address(target: PlanTarget) -> None:
    request = PlanRequest(
        target=Target(database="s", type=DatabaseType.MYSQL, environment="e"),
        desired=SchemaFiles(files={"s": {"a.sql": TABLE}}),
    )
    with pytest.raises(ServerUnavailable) as caught:
        plan(replace(target.params, port=1), request)
    assert "127.0.0.1:1" in caught.value.message


def test_the_other_vendor_is_a_flavor_mismatch(target: PlanTarget) -> None:
    other = DatabaseType.MYSQL if target.is_mariadb else DatabaseType.MARIADB
    request = PlanRequest(
        target=Target(database=target.database.name, type=other, environment="e"),
        desired=SchemaFiles(files={target.database.name: {"a.sql": TABLE}}),
    )
    with pytest.raises(FlavorMismatch, match=f"configured as {other}"):
        plan(target.params, request)


def test_another_kind_of_database_is_refused(target: PlanTarget) -> None:
    request = PlanRequest(
        target=Target(database="s", type=DatabaseType.VITESS, environment="e"),
        desired=SchemaFiles(files={"s": {"a.sql": TABLE}}),
    )
    with pytest.raises(UnsupportedChange, match="vitess"):
        plan(target.params, request)


def test_a_schema_that_is_not_there_is_named(target: PlanTarget) -> None:
    with pytest.raises(SchemaMissing, match="schema `nope` does not exist"):
        target.plan_files({"shop": {"a.sql": TABLE}}, schemas={"shop": "nope"})


def test_a_certificate_of_nobody_is_not_trusted(target: PlanTarget) -> None:
    request = PlanRequest(
        target=Target(database="s", type=DatabaseType.MYSQL, environment="e"),
        desired=SchemaFiles(files={"s": {"a.sql": TABLE}}),
    )
    strict = replace(target.params, tls=Tls(mode=TlsMode.VERIFY_IDENTITY))
    with pytest.raises(ServerUnavailable):
        plan(strict, request)


def test_a_missing_authority_file_is_told(target: PlanTarget) -> None:
    request = PlanRequest(
        target=Target(database="s", type=DatabaseType.MYSQL, environment="e"),
        desired=SchemaFiles(files={"s": {"a.sql": TABLE}}),
    )
    strict = replace(target.params, tls=Tls(mode=TlsMode.VERIFY_CA, ca_file="/nowhere.pem"))
    with pytest.raises(InvalidDsn, match="TLS files"):
        plan(strict, request)
