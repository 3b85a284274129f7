"""Changes of every kind: planned, proven, carried out, and then nothing is left to plan."""

from itertools import pairwise

import pytest

from integration.plan.target import PlanTarget, carry_out, codes, only
from tern.values.plan import PlanResult, Verdict

T = "CREATE TABLE t (id int PRIMARY KEY, a int, b varchar(10))"


def settle(target: PlanTarget, before: str, after: str) -> PlanResult:
    """Plan from one text to the other and carry it out; a second plan must be empty."""
    carry_out(target, target.plan(before))
    result = target.plan(after)
    assert not result.problems, result.problems
    assert all(statement.proof is None for statement in result.statements)
    carry_out(target, result)
    again = target.plan(after)
    assert (again.problems, again.statements) == ((), ())
    return result


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (T, T.replace("a int", "a bigint unsigned NOT NULL DEFAULT 3 COMMENT 'x'")),
        (T, T.replace("a int, b varchar(10)", "b varchar(10), a int")),
        (T, T.replace("a int", "a int, c int AS (a + 1) STORED, KEY (c)")),
        (T, T + " COMMENT 'x' ROW_FORMAT=COMPACT"),
        (T + " CHARSET latin1", T + " CHARSET utf8mb4"),
        (T, T.replace("varchar(10)", "varchar(10) CHARACTER SET latin1")),
        (T, T.replace("PRIMARY KEY,", "NOT NULL,").replace("10))", "10), PRIMARY KEY (id, b))")),
        (T, T.replace("10))", "10), CONSTRAINT c CHECK (a > 0))")),
        (T, T.replace("10))", "10), FULLTEXT KEY f (b), UNIQUE KEY u (a, b))")),
        (T, T + " PARTITION BY HASH (id) PARTITIONS 4"),
        (T + " PARTITION BY HASH (id) PARTITIONS 4", T + " PARTITION BY HASH (id) PARTITIONS 2"),
        (T + " PARTITION BY HASH (id) PARTITIONS 4", T),
    ],
)
def test_one_statement_makes_one_table_the_other(
    target: PlanTarget, before: str, after: str
) -> None:
    assert len(settle(target, before, after).statements) == 1


def test_a_hinted_column_is_renamed_with_its_data(target: PlanTarget) -> None:
    carry_out(target, target.plan(T))
    target.run("INSERT INTO t VALUES (1, 2, 'x')")
    renamed = T.replace("a int,", "c int, -- schemabot: renamed from a\n")
    statement = only(target.plan(renamed))
    assert statement.ddl == "ALTER TABLE `t` RENAME COLUMN `a` TO `c`"
    assert statement.unsafe_reasons == (
        "column `a` is renamed; running programs still use the old name",
    )
    carry_out(target, target.plan(renamed))
    assert target.database.query("SELECT c FROM t") == [(2,)]
    assert target.plan(renamed).statements == ()


def test_a_hinted_table_is_renamed_then_altered(target: PlanTarget) -> None:
    carry_out(target, target.plan(T))
    target.run("INSERT INTO t VALUES (1, 2, 'x')")
    after = "-- schemabot: renamed from t\n" + T.replace(" t ", " u ").replace(
        "10))", "10), c int)"
    )
    result = target.plan(after)
    assert [s.ddl for s in result.statements] == [
        "RENAME TABLE `t` TO `u`",
        f"ALTER TABLE `u` ADD COLUMN `c` int{'(11)' if target.is_mariadb else ''} DEFAULT NULL",
    ]
    assert result.statements[0].verdict is Verdict.DIRECT
    carry_out(target, result)
    assert target.database.query("SELECT id FROM u") == [(1,)]
    assert target.plan(after).statements == ()


def test_without_a_hint_nothing_is_taken_for_renamed(target: PlanTarget) -> None:
    carry_out(target, target.plan(T))
    statement = only(target.plan(T.replace("a int", "c int")))
    assert "DROP COLUMN `a`" in statement.ddl
    assert statement.unsafe_reasons == ("column `a` and its data are removed",)


def test_a_hint_that_fits_nothing_is_a_problem_with_its_place(target: PlanTarget) -> None:
    carry_out(target, target.plan(T))
    result = target.plan(T.replace("a int,", "c int, -- schemabot: renamed from nope\n"))
    assert codes(result) == ["rename_conflict"]
    assert (result.problems[0].line, result.statements) == (1, ())


def test_statements_of_one_table_are_a_chain_of_texts(target: PlanTarget) -> None:
    parent = "CREATE TABLE p (id int PRIMARY KEY, n int, UNIQUE KEY (n))"
    child = "CREATE TABLE t (id int PRIMARY KEY, n int, FOREIGN KEY k (n) REFERENCES p (n) {})"
    carry_out(target, target.plan(parent, child.format("ON DELETE CASCADE")))
    result = target.plan(parent, child.format("ON DELETE SET NULL"))
    texts = [(s.base, s.desired) for s in result.statements if s.table == "t"]
    assert len(texts) >= 2
    assert not any(s.proof for s in result.statements)
    assert texts[0][0] == target.show("t")
    assert all(before[1] == after[0] for before, after in pairwise(texts))


def test_adding_and_dropping_range_partitions_is_metadata_only(target: PlanTarget) -> None:
    head = "CREATE TABLE t (id int PRIMARY KEY) PARTITION BY RANGE (id) ("
    parts = [f"PARTITION p{n} VALUES LESS THAN ({n}0)" for n in range(1, 5)]
    before = f"{head}{', '.join(parts[:3])})"
    carry_out(target, target.plan(before))
    result = target.plan(f"{head}{', '.join(parts[1:])})")
    assert {statement.verdict for statement in result.statements} == {Verdict.INPLACE}
    reasons = [reason for s in result.statements for reason in s.unsafe_reasons]
    assert any("partition `p1`" in reason for reason in reasons)
    carry_out(target, result)
    assert target.plan(f"{head}{', '.join(parts[1:])})").statements == ()


def test_a_cycle_of_foreign_keys_is_created(target: PlanTarget) -> None:
    one = "CREATE TABLE a (id int PRIMARY KEY, b int, FOREIGN KEY (b) REFERENCES b (id))"
    two = "CREATE TABLE b (id int PRIMARY KEY, a int, FOREIGN KEY (a) REFERENCES a (id))"
    result = target.plan(one, two)
    assert [s.verdict for s in result.statements] == [Verdict.DIRECT] * 3
    carry_out(target, result)
    assert target.plan(one, two).statements == ()


def test_sequences_come_and_go_around_their_tables(target: PlanTarget) -> None:
    if not target.is_mariadb:
        result = target.plan("CREATE SEQUENCE s")
        assert codes(result) == ["statement_not_allowed"]
        return
    table = "CREATE TABLE n (id bigint PRIMARY KEY DEFAULT nextval(s))"
    carry_out(target, target.plan("CREATE SEQUENCE s", table))
    result = target.plan("CREATE SEQUENCE s INCREMENT 5", table)
    assert only(result).ddl == "ALTER SEQUENCE `s` INCREMENT BY 5"
    dropped = target.plan("CREATE TABLE n (id bigint PRIMARY KEY)")
    assert [s.ddl.split(" `")[0] for s in dropped.statements] == ["ALTER TABLE", "DROP SEQUENCE"]
    assert dropped.statements[1].unsafe_reasons == ("sequence `s` is removed",)
    target.run("DROP TABLE n", "DROP SEQUENCE s")


def test_what_a_column_drop_would_break_is_told(target: PlanTarget) -> None:
    carry_out(target, target.plan(T.replace("10))", "10), CHECK (a > 0))")))
    result = target.plan(T.replace(" a int,", "").replace("10))", "10), CHECK (id > 0))"))
    statement = only(result)
    assert statement.verdict is not Verdict.REFUSED
    assert "column `a` and its data are removed" in statement.unsafe_reasons
