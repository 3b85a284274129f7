"""Problems are kept up to a limit, in the order of their places."""

from tern.local.planning.problems import Problems
from tern.local.planning.settings import MAX_PROBLEMS
from tern.values.plan import Problem


def problem(file: str, line: int) -> Problem:
    return Problem(code="sql_syntax", message="m", namespace="shop", file=file, line=line)


def test_problems_come_in_the_order_of_their_places() -> None:
    problems = Problems()
    for file, line in (("b", 1), ("a", 10), ("a", 9)):
        problems.add(problem(file, line))
    assert [(p.file, p.line) for p in problems.all()] == [("a", 9), ("a", 10), ("b", 1)]


def test_those_beyond_the_limit_are_counted() -> None:
    problems = Problems()
    assert not problems
    for line in range(MAX_PROBLEMS + 2):
        problems.add(problem("a", line))
    assert problems
    assert len(problems.all()) == MAX_PROBLEMS + 1
    assert problems.all()[-1].message == "2 more problems are not shown; mend these first"
