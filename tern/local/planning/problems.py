"""Everything wrong with the files, collected up to a limit so that one plan shows it all."""

from collections.abc import Iterable

from tern.ddl.problems import DefinitionProblem
from tern.local.planning.settings import MAX_PROBLEMS
from tern.values.plan import Problem


class Problems:
    """Problems in the order found; those beyond the limit are only counted."""

    def __init__(self) -> None:
        self._found: list[Problem] = []
        self._more = 0

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(self, problem: Problem) -> None:
        """Keep the problem, or count it."""
        if len(self._found) < MAX_PROBLEMS:
            self._found.append(problem)
        else:
            self._more += 1

    def add_definitions(self, namespace: str, problems: Iterable[DefinitionProblem]) -> None:
        """Keep what reading a namespace's files found."""
        for problem in problems:
            self.add(
                Problem(
                    code=problem.code.value,
                    message=problem.message,
                    namespace=namespace,
                    file=problem.file,
                    line=problem.line,
                    column=problem.column,
                )
            )

    def all(self) -> tuple[Problem, ...]:
        """By namespace and place; the last one tells how many were left out."""
        ordered = sorted(self._found, key=_place)
        if self._more:
            message = f"{self._more} more problems are not shown; mend these first"
            ordered.append(Problem(code="too_many_problems", message=message))
        return tuple(ordered)


def _place(problem: Problem) -> tuple[str, str, int, int]:
    return (
        problem.namespace or "",
        problem.file or "",
        problem.line or 0,
        problem.column or 0,
    )
