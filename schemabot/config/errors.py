"""What is wrong with files that people write for SchemaBot, every mistake at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from tern.errors import InvalidRequest
from tern.values.plan import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One thing that is wrong in a YAML file.

    Attributes:
        path: Keys from the top, dotted; empty for the file itself.
        line: From 1; None where there is no place, as for an environment variable.
        column: From 1.
        code: `unknown_key` for a key or rule that doesn't exist.
    """

    path: str
    message: str
    line: int | None = None
    column: int | None = None
    code: str = "config_invalid"

    def said_of(self, file: str) -> str:
        """The mistake as one line: place, key, what is wrong."""
        place = file if self.line is None else f"{file}:{self.line}:{self.column}"
        return f"{place}: {self.path}: {self.message}" if self.path else f"{place}: {self.message}"


class ConfigInvalid(InvalidRequest):
    """The server configuration can't be used; all its mistakes are named."""

    code = "config_invalid"

    def __init__(self, *, file: str, mistakes: Sequence[Mistake]) -> None:
        super().__init__(
            "\n".join(mistake.said_of(file) for mistake in mistakes),
            next_action=f"mend {file} and start again",
        )
        self.mistakes = tuple(mistakes)


class SchemaDirectoryInvalid(InvalidRequest):
    """A schema directory can't be read as one; all its problems are named."""

    code = "schema_directory_invalid"

    def __init__(self, *, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(_said(problem) for problem in problems))
        self.problems = tuple(problems)


def _said(problem: Problem) -> str:
    places = [
        str(part) for part in (problem.file, problem.line, problem.column) if part is not None
    ]
    return f"{':'.join(places)}: {problem.message}" if places else problem.message
