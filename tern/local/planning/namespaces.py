"""Which schema on the server each namespace of the files stands for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tern.errors import InvalidRequest
from tern.local.planning.problems import Problems
from tern.values.plan import PlanRequest, Problem
from tern.values.schema_files import NamespaceConfig, SchemaConfig


class InvalidPattern(InvalidRequest):
    """A pattern of `ignore_tables` is no regular expression."""

    code = "unknown_key"

    def __init__(self, *, pattern: str, reason: str) -> None:
        super().__init__(f"ignore_tables: {pattern!r} is not a regular expression: {reason}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Namespace:
    """One namespace of the request.

    Attributes:
        schema: Its name on the server.
        number: Its place among the namespaces by name; scratch schemas are numbered by it.
        files: File name -> text.
        ignored: Patterns of tables that the files don't speak for.
    """

    name: str
    schema: str
    number: int
    files: Mapping[str, str]
    ignored: tuple[re.Pattern[str], ...]
    may_be_empty: bool


def resolve(request: PlanRequest, problems: Problems) -> tuple[Namespace, ...]:
    """The namespaces by name; two on one schema are a problem (P-3).

    Raises:
        InvalidPattern: a pattern of `ignore_tables` can't be read.
    """
    config = request.desired.config
    names = sorted({*request.desired.files, *config.namespaces})
    found = tuple(_namespace(request, config, (name, number)) for number, name in enumerate(names))
    by_schema: dict[str, str] = {}
    for namespace in found:
        other = by_schema.setdefault(namespace.schema, namespace.name)
        if other != namespace.name:
            problems.add(_same_schema(namespace, other))
    return found


def _namespace(request: PlanRequest, config: SchemaConfig, numbered: tuple[str, int]) -> Namespace:
    name, number = numbered
    own = config.namespaces.get(name, NamespaceConfig())
    named = own.schema.replace("{environment}", request.target.environment) if own.schema else name
    return Namespace(
        name=name,
        schema=request.target.schemas.get(name, named),
        number=number,
        files=request.desired.files.get(name, {}),
        ignored=_patterns((*config.ignore_tables, *own.ignore_tables)),
        may_be_empty=own.empty,
    )


def _patterns(sources: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    found: list[re.Pattern[str]] = []
    for source in sources:
        try:
            found.append(re.compile(source))
        except re.error as error:
            raise InvalidPattern(pattern=source, reason=str(error)) from error
    return tuple(found)


def _same_schema(namespace: Namespace, other: str) -> Problem:
    return Problem(
        code="namespace_conflict",
        message=f"namespaces {other} and {namespace.name} both stand for schema "
        f"`{namespace.schema}`; each needs a schema of its own",
        namespace=namespace.name,
    )
