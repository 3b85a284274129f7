"""The files of all namespaces as definitions, and everything wrong with them before any server."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tern.ddl.errors import LexError
from tern.ddl.flavor import Flavor
from tern.ddl.identifiers import Names
from tern.ddl.statements import (
    CreateSequence,
    CreateTable,
    Definition,
    SourceStatement,
    classify,
    split,
)
from tern.local.planning.ignored import reason_to_ignore
from tern.local.planning.namespaces import Namespace
from tern.local.planning.problems import Problems
from tern.local.planning.settings import MAX_FILE_BYTES, MAX_REQUEST_BYTES, MAX_TABLES
from tern.values.plan import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredSchema:
    """What the files of one namespace define.

    Shape:
        tables, sequences: the server's key for the name -> definition.

    Attributes:
        unused: Definition that no plan heeds -> why its table is ignored.
    """

    namespace: Namespace
    tables: Mapping[str, CreateTable]
    sequences: Mapping[str, CreateSequence]
    unused: Mapping[str, str]


class FileReader:
    """Reads files for one server; its problems go to one list."""

    def __init__(
        self, *, flavor: Flavor, allow_clauses: frozenset[str], problems: Problems
    ) -> None:
        self._flavor = flavor
        self._names = Names(flavor)
        self._allow = allow_clauses
        self._problems = problems

    def read_all(self, namespaces: Sequence[Namespace]) -> tuple[DesiredSchema, ...]:
        """Every namespace's definitions; what can't be used is a problem and left out."""
        total = sum(_size(text) for space in namespaces for text in space.files.values())
        if total > MAX_REQUEST_BYTES:
            self._problems.add(
                _too_large(f"the files hold {total} bytes, more than {MAX_REQUEST_BYTES}")
            )
            return ()
        found = tuple(self._read(namespace) for namespace in namespaces)
        count = sum(len(schema.tables) for schema in found)
        if count > MAX_TABLES:
            self._problems.add(_too_large(f"{count} tables, more than {MAX_TABLES}"))
        return found

    def _read(self, namespace: Namespace) -> DesiredSchema:
        seen: dict[str, Definition] = {}
        unused: dict[str, str] = {}
        for definition in self._definitions(namespace):
            reason = reason_to_ignore(definition.name, namespace.ignored)
            if reason is not None:
                unused[definition.name] = reason
                continue
            first = seen.setdefault(self._names.table_key(definition.name), definition)
            if first is not definition:
                self._problems.add(_duplicate(namespace, definition, first))
        if not (seen or unused or namespace.may_be_empty or self._problems):
            self._problems.add(_empty(namespace))
        return DesiredSchema(
            namespace=namespace,
            tables={key: d for key, d in seen.items() if isinstance(d, CreateTable)},
            sequences={key: d for key, d in seen.items() if isinstance(d, CreateSequence)},
            unused=unused,
        )

    def _definitions(self, namespace: Namespace) -> Iterator[Definition]:
        for name, text in sorted(namespace.files.items()):
            for statement in self._statements(namespace, name, text):
                yield from self._definition(namespace, statement)

    def _statements(self, namespace: Namespace, file: str, text: str) -> Sequence[SourceStatement]:
        refusal = _unreadable(file, text)
        if refusal is not None:
            self._problems.add(_file_problem(namespace, file, refusal))
            return []
        try:
            return split(text, file=file)
        except LexError as error:
            self._problems.add(_lex_problem(namespace, file, error))
            return []

    def _definition(self, namespace: Namespace, statement: SourceStatement) -> Iterator[Definition]:
        read = classify(statement, flavor=self._flavor, allowed_clauses=self._allow)
        if isinstance(read, tuple):
            self._problems.add_definitions(namespace.name, read)
        else:
            yield read


def place_problem(
    namespace: Namespace, definition: Definition, *, code: str, message: str
) -> Problem:
    """A problem at the place where a definition begins."""
    source = definition.source
    return Problem(
        code=code,
        message=message,
        namespace=namespace.name,
        table=definition.name,
        file=source.file,
        line=source.line,
        column=source.column,
    )


def _size(text: str) -> int:
    return len(text.encode(errors="surrogatepass"))


def _unreadable(file: str, text: str) -> tuple[str, str] | None:
    """Code and message, if the file can't be read at all (P-5)."""
    if not file.endswith(".sql"):
        return "unknown_file", "only files that end in .sql are read here"
    if _size(text) > MAX_FILE_BYTES:
        return "too_large", f"the file holds more than {MAX_FILE_BYTES} bytes"
    try:
        text.encode()
    except UnicodeEncodeError:
        return "not_utf8", "the file is not valid UTF-8"
    return None


def _file_problem(namespace: Namespace, file: str, refusal: tuple[str, str]) -> Problem:
    code, message = refusal
    return Problem(code=code, message=message, namespace=namespace.name, file=file)


def _lex_problem(namespace: Namespace, file: str, error: LexError) -> Problem:
    return Problem(
        code=error.code,
        message=error.reason,
        namespace=namespace.name,
        file=file,
        line=error.line,
        column=error.column,
    )


def _duplicate(namespace: Namespace, definition: Definition, first: Definition) -> Problem:
    source = first.source
    where = f"{source.file}:{source.line}:{source.column}"
    message = f"table `{definition.name}` is already defined at {where}"
    return place_problem(namespace, definition, code="duplicate_table", message=message)


def _empty(namespace: Namespace) -> Problem:
    return Problem(
        code="empty_namespace",
        message=f"namespace {namespace.name} defines no table, which would drop all of "
        f"`{namespace.schema}`; if that is meant, set `empty: true` for it in schemabot.yaml",
        namespace=namespace.name,
    )


def _too_large(message: str) -> Problem:
    return Problem(code="too_large", message=f"{message} in one request")
