"""The texts that the direct engine sends."""

from dataclasses import replace

import pytest

from tern.ddl.flavor import Flavor
from tern.engine.direct.statements import is_about_existing_table, lock_wait, text_for, ways
from tern.values.plan import ChangeType, Verdict
from tern.values.run import WorkStatement

MYSQL = Flavor.parse("9.7.4")
MARIADB = Flavor.parse("10.11.19-MariaDB")
ADD = "ALTER TABLE `a``b`\n  ADD COLUMN c INT,\n  ADD COLUMN d INT"
CUT = "ALTER TABLE `t`\n  ADD PARTITION (PARTITION p1 VALUES LESS THAN (2))"


def statement(ddl: str, verdict: Verdict) -> WorkStatement:
    return WorkStatement(
        task_id="task-1",
        ordinal=0,
        namespace="n",
        schema="s",
        table="t",
        change_type=ChangeType(ddl.split(maxsplit=1)[0].lower()),
        ddl=ddl,
        verdict=verdict,
    )


@pytest.mark.parametrize(
    ("verdict", "ddl", "flavor", "expected"),
    [
        (Verdict.DIRECT, "DROP TABLE `t`", MYSQL, [""]),
        (Verdict.INSTANT, ADD, MYSQL, ["ALGORITHM=INSTANT"]),
        (
            Verdict.INPLACE,
            ADD,
            MYSQL,
            ["ALGORITHM=INSTANT", "ALGORITHM=INPLACE, LOCK=NONE"],
        ),
        (
            Verdict.INPLACE,
            ADD,
            MARIADB,
            ["ALGORITHM=INSTANT", "ALGORITHM=NOCOPY, LOCK=NONE"],
        ),
        (Verdict.INPLACE, CUT, MARIADB, [""]),
        (Verdict.INPLACE, "ALTER TABLE `t` DROP PARTITION p0", MYSQL, [""]),
        (Verdict.COPY, ADD, MYSQL, []),
        (Verdict.REFUSED, ADD, MYSQL, []),
    ],
)
def test_no_way_ever_copies_rows(
    verdict: Verdict, ddl: str, flavor: Flavor, *, expected: list[str]
) -> None:
    assert list(ways(statement(ddl, verdict), flavor)) == expected


def test_what_the_plan_lets_the_server_build_runs_in_place_on_mariadb_too() -> None:
    built = replace(statement(ADD, Verdict.INPLACE), details={"builds": "in place"})
    assert list(ways(built, MARIADB)) == ["ALGORITHM=INSTANT", "ALGORITHM=INPLACE, LOCK=NONE"]


def test_a_column_called_partition_is_no_partition() -> None:
    ddl = "ALTER TABLE `t` ADD `partition` INT"
    assert "" not in ways(statement(ddl, Verdict.INPLACE), MYSQL)


def test_the_way_stands_in_front_of_the_clauses() -> None:
    text = text_for(statement(ADD, Verdict.INSTANT), "ALGORITHM=INSTANT")
    assert text == (
        "ALTER TABLE `a``b` ALGORITHM=INSTANT,\n  ADD COLUMN c INT,\n  ADD COLUMN d INT"
    )


def test_without_a_way_the_plans_text_is_sent_as_it_is() -> None:
    assert text_for(statement(ADD, Verdict.DIRECT), "") == ADD


def test_only_what_exists_can_be_held_by_others() -> None:
    assert is_about_existing_table(statement("DROP TABLE `t`", Verdict.DIRECT))
    assert not is_about_existing_table(statement("CREATE TABLE t (id INT)", Verdict.DIRECT))


def test_the_lock_wait_is_the_sessions_own() -> None:
    assert lock_wait(3) == "SET SESSION lock_wait_timeout = 3"
