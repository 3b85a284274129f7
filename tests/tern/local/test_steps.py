"""Which statements run together, and in what order."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from tern.local.steps import Route, make_steps
from tern.values.plan import Verdict
from tern.values.run import WorkStatement
from tests.support.scripted_world import altered, created, dropped


def shape(*statements: WorkStatement, together: bool = True) -> list[list[str]]:
    return [
        [s.table for s in step.statements] for step in make_steps(statements, together=together)
    ]


def copied(table: str) -> WorkStatement:
    return altered(table, Verdict.COPY)


def test_each_statement_is_a_step_of_its_own() -> None:
    assert shape(copied("a"), copied("b"), together=False) == [["a"], ["b"]]


def test_copies_together_stand_at_the_place_of_the_first() -> None:
    statements = created("a"), copied("b"), altered("c"), copied("d"), dropped("e")
    assert shape(*statements) == [["a"], ["b", "d"], ["c"], ["e"]]


def test_a_copy_that_starts_from_what_another_statement_leaves_comes_after_it() -> None:
    assert shape(copied("a"), altered("b"), copied("b")) == [["a"], ["b"], ["b"]]
    assert shape(copied("a"), copied("a")) == [["a"], ["a"]]


def test_direct_statements_never_share_a_step() -> None:
    steps = make_steps([altered("a"), altered("b")], together=True)
    assert [step.route for step in steps] == [Route.DIRECT, Route.DIRECT]


statements_of_few_tables = st.lists(
    st.builds(
        altered,
        st.sampled_from("abc"),
        st.sampled_from([Verdict.COPY, Verdict.INSTANT]),
    ),
    max_size=8,
)


@given(statements_of_few_tables)
def test_every_statement_runs_once_and_those_of_a_table_in_order(
    statements: Sequence[WorkStatement],
) -> None:
    numbered = [(index, each) for index, each in enumerate(statements)]
    places = {id(each): index for index, each in numbered}
    run = [each for step in make_steps(statements, together=True) for each in step.statements]
    assert sorted(places[id(each)] for each in run) == sorted(places.values())
    for table in "abc":
        order = [places[id(each)] for each in run if each.table == table]
        assert order == sorted(order)
