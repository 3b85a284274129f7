"""All files of a namespace at once: what they define, and every problem found on the way."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tern.ddl.errors import LexError
from tern.ddl.flavor import Flavor
from tern.ddl.identifiers import Names
from tern.ddl.problems import DefinitionProblem, ProblemCode
from tern.ddl.statements import (
    NO_CLAUSES,
    CreateSequence,
    CreateTable,
    Definition,
    SourceStatement,
    classify,
    split,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Definitions:
    """What may be run, and what may not; with a problem, nothing should be planned."""

    tables: tuple[CreateTable, ...]
    sequences: tuple[CreateSequence, ...]
    problems: tuple[DefinitionProblem, ...]


def read_definitions(
    files: Mapping[str, str], *, flavor: Flavor, allowed_clauses: frozenset[str] = NO_CLAUSES
) -> Definitions:
    """Read schema files, by path, in the order given; no problem hides another file's problems."""
    found: list[Definition] = []
    problems: list[DefinitionProblem] = []
    for statement in _split_all(files, problems):
        read = classify(statement, flavor=flavor, allowed_clauses=allowed_clauses)
        if isinstance(read, tuple):
            problems.extend(read)
        else:
            found.append(read)
    problems.extend(_duplicates(found, Names(flavor)))
    return Definitions(
        tables=tuple(item for item in found if isinstance(item, CreateTable)),
        sequences=tuple(item for item in found if isinstance(item, CreateSequence)),
        problems=tuple(problems),
    )


def _split_all(
    files: Mapping[str, str], problems: list[DefinitionProblem]
) -> Iterable[SourceStatement]:
    for file, text in files.items():
        try:
            yield from split(text, file=file)
        except LexError as error:
            problems.append(
                DefinitionProblem(
                    code=ProblemCode.SQL_SYNTAX,
                    message=error.reason,
                    file=file,
                    line=error.line,
                    column=error.column,
                )
            )


def _duplicates(found: Iterable[Definition], names: Names) -> Iterable[DefinitionProblem]:
    """Tables and sequences share one set of names."""
    first: dict[str, Definition] = {}
    for definition in found:
        earlier = first.setdefault(names.table_key(definition.name), definition)
        if earlier is definition:
            continue
        place = f"{earlier.source.file}:{earlier.source.line}:{earlier.source.column}"
        yield DefinitionProblem(
            code=ProblemCode.DUPLICATE_TABLE,
            message=f"table `{definition.name}` is already defined at {place}",
            file=definition.source.file,
            line=definition.source.line,
            column=definition.source.column,
        )
