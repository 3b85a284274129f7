"""Changes that real servers carried out: `cases/<vendor>/*.json`.

Each holds the file of the desired tables, both sides as the server printed them, the statements of
the differ, and what the server printed after it had run them.
"""

from pathlib import Path

import pytest

from tern.ddl.definitions import read_definitions
from tern.ddl.diff.equality import equal
from tern.ddl.diff.policy import DiffPolicy
from tern.ddl.diff.rename_hints import resolve_hints
from tern.ddl.diff.schema import diff_tables
from tern.ddl.diff.statement import TableStatement
from tern.ddl.table import Table, with_named_options
from tests.tern.ddl.texts import Case, case_paths, read_case

POLICY = DiffPolicy()
CASES = pytest.mark.parametrize(
    "path", case_paths(), ids=lambda path: f"{path.parent.name}-{path.stem}"
)


def desired_tables(case: Case) -> dict[str, Table]:
    definitions = read_definitions({"desired.sql": case.file}, flavor=case.flavor)
    assert definitions.problems == ()
    return {
        each.name: with_named_options(case.desired[each.name], each.named_options)
        for each in definitions.tables
    }


def plan(case: Case) -> tuple[TableStatement, ...]:
    definitions = read_definitions({"desired.sql": case.file}, flavor=case.flavor)
    hints = resolve_hints(definitions.tables, case.live, flavor=case.flavor)
    assert hints.problems == ()
    return diff_tables(
        case.live, desired_tables(case), flavor=case.flavor, policy=POLICY, renames=hints.renames
    )


@CASES
def test_statements_are_those_that_the_server_carried_out(path: Path) -> None:
    case = read_case(path)
    assert [statement.sql for statement in plan(case)] == case.statements


@CASES
def test_what_the_server_reached_is_what_was_desired(path: Path) -> None:
    case = read_case(path)
    for name, wanted in desired_tables(case).items():
        assert equal(case.reached[name], wanted, flavor=case.flavor, policy=POLICY)
    assert not diff_tables(case.reached, desired_tables(case), flavor=case.flavor, policy=POLICY)


@CASES
def test_planning_what_is_there_already_gives_nothing(path: Path) -> None:
    case = read_case(path)
    assert not diff_tables(case.live, case.live, flavor=case.flavor, policy=POLICY)
    assert not diff_tables(case.desired, case.desired, flavor=case.flavor, policy=POLICY)


@CASES
def test_live_and_desired_are_equal_exactly_when_nothing_is_planned(path: Path) -> None:
    case = read_case(path)
    wanted = desired_tables(case)
    are_equal = case.live.keys() == wanted.keys() and all(
        equal(case.live[name], wanted[name], flavor=case.flavor, policy=POLICY) for name in wanted
    )
    assert are_equal is (case.statements == [])
