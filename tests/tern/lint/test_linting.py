"""Which findings come out: places, hints, and who may change a rule's weight (P-43)."""

import pytest

from tern.lint.linting import LintFloors, lint, lowered_rules
from tern.values.schema_files import LintConfig, RuleConfig, Severity
from tests.tern.lint.subjects import ID, PK, PLAIN, subject
from tests.tern.lint.tables import table

FLOAT = table(ID, "`a` float", PK, options="ENGINE=InnoDB DEFAULT CHARSET=utf8mb4")
SOURCE = "CREATE TABLE t (\n  id bigint PRIMARY KEY,\n  a float{}\n) CHARSET utf8mb4"


def severities(
    rule: str, config: LintConfig | None = None, floors: LintFloors | None = None
) -> list[Severity]:
    one = subject(PLAIN, None) if rule == "drop_table" else subject(None, FLOAT)
    found = lint([one], config or LintConfig(), floors)
    return [finding.severity for finding in found if finding.rule == rule]


def weigh(rule: str, severity: Severity) -> LintConfig:
    return LintConfig(rules={rule: RuleConfig(severity=severity)})


def floor(rule: str, severity: Severity, *, pinned: bool = False) -> LintFloors:
    return LintFloors(
        rules={rule: RuleConfig(severity=severity)}, pinned=frozenset({rule} if pinned else ())
    )


def test_a_finding_has_the_place_of_its_definition() -> None:
    one = subject(None, FLOAT, source=SOURCE.format(""))
    (finding,) = [f for f in lint([one], LintConfig()) if f.rule == "has_float"]
    assert (finding.file, finding.line, finding.column) == ("t.sql", 3, 3)
    assert (finding.namespace, finding.table, finding.object) == ("shop", "t", "a")


def test_a_finding_about_the_table_has_the_place_of_its_statement() -> None:
    one = subject(None, table("`a` int"), source="\n CREATE TABLE t (a int)")
    (finding,) = [f for f in lint([one], LintConfig()) if f.rule == "primary_key"]
    assert (finding.line, finding.column) == (2, 2)
    assert finding.severity is Severity.ERROR


@pytest.mark.parametrize(
    ("comment", "is_quiet"),
    [
        (" -- schemabot: allow has_float it is a measurement", True),
        (" -- schemabot: allow has_time it is a measurement", False),
    ],
)
def test_a_hint_silences_its_rule_at_its_definition(comment: str, *, is_quiet: bool) -> None:
    one = subject(None, FLOAT, source=SOURCE.format(comment))
    found = {finding.rule for finding in lint([one], LintConfig())}
    assert ("has_float" not in found) is is_quiet


def test_the_file_may_change_a_rule_that_guards_nothing() -> None:
    assert severities("has_float") == [Severity.WARNING]
    assert severities("has_float", weigh("has_float", Severity.OFF)) == []
    assert severities("has_float", weigh("has_float", Severity.ERROR)) == [Severity.ERROR]


def test_the_file_may_not_lower_a_rule_that_guards_data() -> None:
    assert severities("drop_table", weigh("drop_table", Severity.OFF)) == [Severity.ERROR]


def test_the_server_may_lower_any_rule_and_the_file_raise_it_again() -> None:
    lowered = floor("drop_table", Severity.WARNING)
    assert severities("drop_table", None, lowered) == [Severity.WARNING]
    assert severities("drop_table", weigh("drop_table", Severity.ERROR), lowered) == [
        Severity.ERROR
    ]


def test_rules_that_only_the_server_lowered_ask_for_no_consent() -> None:
    """P-42, P-43."""
    lowered = floor("drop_column", Severity.WARNING)
    assert lowered_rules(LintFloors()) == frozenset()
    assert lowered_rules(LintFloors(), weigh("drop_column", Severity.OFF)) == frozenset()
    assert lowered_rules(lowered) == {"drop_column"}
    raised = weigh("drop_column", Severity.ERROR)
    assert lowered_rules(lowered, raised) == frozenset()
    pinned = floor("drop_column", Severity.WARNING, pinned=True)
    assert lowered_rules(pinned, raised) == {"drop_column"}


def test_a_pinned_rule_is_the_servers_alone() -> None:
    pinned = floor("has_float", Severity.ERROR, pinned=True)
    assert severities("has_float", weigh("has_float", Severity.OFF), pinned) == [Severity.ERROR]


def test_an_allow_list_of_the_file_replaces_the_rules_own() -> None:
    config = LintConfig(rules={"pk_type": RuleConfig(allow=("int",))})
    found = {f.rule for f in lint([subject(None, table("`id` int NOT NULL", PK))], config)}
    assert "pk_type" not in found


def test_ignored_tables_are_not_linted_but_for_what_guards_data() -> None:
    ignored = LintConfig(ignore_tables=("^t$",))
    assert lint([subject(None, FLOAT)], ignored) == ()
    assert severities("drop_table", ignored) == [Severity.ERROR]


def test_no_hint_silences_a_rule_that_guards_data() -> None:
    hint = "-- schemabot: allow lossy_type it was checked\n-- schemabot: allow has_float so be it"
    source = f"{hint}\nCREATE TABLE t (id bigint PRIMARY KEY, a float)"
    wide = table(ID, "`a` double", PK)
    found = {f.rule for f in lint([subject(wide, FLOAT, source=source)], LintConfig())}
    assert "lossy_type" in found
    assert "has_float" not in found
