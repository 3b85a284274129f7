"""A plan lints what it changes; an error asks for consent (P-41, P-42)."""

from integration.plan.target import PlanTarget, carry_out, only
from tern.values.schema_files import Severity

T = "CREATE TABLE t (id bigint PRIMARY KEY, a int NOT NULL) CHARSET utf8mb4"


def test_what_is_lost_is_an_error_finding_with_its_rows(target: PlanTarget) -> None:
    carry_out(target, target.plan(T))
    (finding,) = target.plan("CREATE TABLE u (id bigint PRIMARY KEY) CHARSET utf8mb4").findings
    assert (finding.rule, finding.severity, finding.unsafe) == ("drop_table", Severity.ERROR, True)
    assert finding.message == "table `t` is removed (about 0 rows)"


def test_a_finding_has_its_place_in_the_file(target: PlanTarget) -> None:
    result = target.plan(T.replace("a int", "\n  a float"))
    (finding,) = result.findings
    assert (finding.rule, finding.file, finding.line, finding.column) == (
        "has_float",
        "0.sql",
        2,
        3,
    )


def test_a_new_table_without_a_key_needs_consent(target: PlanTarget) -> None:
    statement = only(target.plan("CREATE TABLE t (a int) CHARSET utf8mb4"))
    assert statement.unsafe_reasons[0].startswith("primary_key: there is no primary key")


def test_unchanged_tables_are_not_linted(target: PlanTarget) -> None:
    text = "CREATE TABLE t (a float)"
    carry_out(target, target.plan(text))
    assert target.plan(text).findings == ()


def test_a_rename_that_has_happened_is_told(target: PlanTarget) -> None:
    carry_out(target, target.plan(T))
    result = target.plan(
        T.replace("a int NOT NULL", "a int NOT NULL -- schemabot: renamed from b\n")
    )
    (finding,) = result.findings
    assert (finding.rule, finding.severity) == ("rename_hint_done", Severity.INFO)
    assert result.statements == ()
