"""Before something is dropped its use is told, or why it can't be (P-39)."""

from integration.plan.target import PlanTarget, only

T = "CREATE TABLE t (id int PRIMARY KEY, a int, b int, KEY k (a))"


def use(target: PlanTarget) -> None:
    target.run(
        T, "INSERT INTO t VALUES (1, 2, 3), (4, 5, 6)", "SELECT id FROM t FORCE INDEX (k) WHERE a>1"
    )


def test_a_dropped_table_tells_its_use(target: PlanTarget) -> None:
    use(target)
    evidence = target.plan("CREATE TABLE t2 (id int PRIMARY KEY)").statements[-1].evidence
    assert evidence["use"] == "2 reads, 2 writes of rows"
    assert "since the server's start" in evidence["window"]


def test_a_dropped_column_and_index_tell_theirs(target: PlanTarget) -> None:
    use(target)
    evidence = only(target.plan("CREATE TABLE t (id int PRIMARY KEY, a int)")).evidence
    assert "columns are not counted by themselves" in evidence["use"]
    assert evidence["index k"] == "2 reads of rows"


def test_what_drops_nothing_needs_no_evidence(target: PlanTarget) -> None:
    use(target)
    assert only(target.plan(T.replace("b int", "b bigint"))).evidence == {}
