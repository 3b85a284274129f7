"""A schema directory's contents -> desired files: one reading for every surface (P-1 to P-5).

The command line reads a directory and the webhook a commit; both hand over path -> bytes, so that
nothing here touches a disk. Requests bring files and settings apart; their files pass
`problems_in_files` alone.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from schemabot.config.errors import Mistake, SchemaDirectoryInvalid
from schemabot.config.schema_yaml import SchemaYaml, mistakes_between
from schemabot.config.strict import check_document, placed
from schemabot.config.yaml_text import read_yaml
from tern.values.plan import Problem
from tern.values.schema_files import SchemaFiles
from tern.values.target import DatabaseType

CONFIG_FILE = "schemabot.yaml"
_VSCHEMA_FILE = "vschema.json"
_VITESS = frozenset({DatabaseType.VITESS, DatabaseType.PLANETSCALE})
_MOST_FILE_BYTES = 2**20
_MOST_BYTES = 32 * 2**20
_MOST_FILES = 10_000
_LONGEST_NAMESPACE = 64
_CREATES = re.compile(r"\bcreate\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaDirectory:
    """What a schema directory says: which database, and how it should be.

    Attributes:
        environments: Order of display; empty leaves it to the server.
        is_flat: Files stand beside schemabot.yaml, not in a directory per namespace.
        keys: schemabot.yaml as parsed, for requests that carry it.
    """

    database: str
    type: DatabaseType
    deployment: str
    environments: tuple[str, ...]
    files: SchemaFiles
    keys: SchemaYaml
    is_flat: bool

    def path_of(self, namespace: str, file: str) -> str:
        """Where a namespace's file stands, seen from the directory."""
        return file if self.is_flat else f"{namespace}/{file}"


def read_schema_directory(contents: Mapping[str, bytes]) -> SchemaDirectory:
    """The directory's meaning.

    Args:
        contents: Path from the directory, `/` between its parts, to content. Files that are neither
            schemabot.yaml nor SQL (nor vschema.json, for Vitess) mean nothing here.

    Raises:
        SchemaDirectoryInvalid: everything that is wrong, with file, line and column.
    """
    keys = read_keys(contents)
    wanted = sorted(path for path in contents if is_schema_file(path, keys.type))
    _raise_any(_misplaced(wanted, keys))
    _raise_any(_unreadable(contents, wanted))
    files: dict[str, dict[str, str]] = {name: {} for name in keys.namespaces}
    for path in wanted:
        namespace, slash, name = path.rpartition("/")
        home = namespace if slash else keys.flat_namespace
        files.setdefault(home, {})[name] = contents[path].decode()
    if not files:
        files[keys.flat_namespace] = {}
    desired = SchemaFiles(files=files, config=keys.config)
    is_flat = not any("/" in path for path in wanted)
    _raise_any(_at_path(problem, is_flat=is_flat) for problem in problems_in_files(desired))
    return SchemaDirectory(
        database=keys.database,
        type=keys.type,
        deployment=keys.deployment,
        environments=keys.environments,
        files=desired,
        keys=keys,
        is_flat=is_flat,
    )


def is_schema_file(path: str, kind: DatabaseType) -> bool:
    """Whether a file of a schema directory is part of the schema."""
    name = path.rpartition("/")[2]
    return name.endswith(".sql") or (name == _VSCHEMA_FILE and kind in _VITESS)


def problems_in_files(desired: SchemaFiles) -> Iterator[Problem]:
    """What is wrong with files as a whole, before any server reads them (P-5)."""
    total = sum(len(text.encode()) for texts in desired.files.values() for text in texts.values())
    count = sum(map(len, desired.files.values()))
    if total > _MOST_BYTES or count > _MOST_FILES:
        message = f"{count} files of {total} bytes; at most {_MOST_FILES} of {_MOST_BYTES} bytes"
        yield Problem(code="too_large", message=message)
    yield from _alike(desired.files)
    for namespace, texts in desired.files.items():
        yield from _namespace_problems(desired, namespace, texts)


def _namespace_problems(
    desired: SchemaFiles, namespace: str, texts: Mapping[str, str]
) -> Iterator[Problem]:
    if not namespace or len(namespace) > _LONGEST_NAMESPACE or not namespace.isprintable():
        message = f"namespace {namespace[:80]!r} is no schema name of 1 to 64 characters"
        yield Problem(code="namespace_missing", message=message, namespace=namespace)
    for name, text in texts.items():
        size = len(text.encode())
        if size > _MOST_FILE_BYTES:
            message = f"the file has {size} bytes; at most {_MOST_FILE_BYTES} are read"
            yield Problem(code="too_large", message=message, namespace=namespace, file=name)
    settings = desired.config.namespaces.get(namespace)
    may_be_empty = settings is not None and settings.empty
    if not may_be_empty and not any(_CREATES.search(text) for text in texts.values()):
        yield Problem(
            code="empty_namespace",
            message=f"namespace {namespace} has no tables, so every live one would be dropped; "
            f"if you mean that, set namespaces.{namespace}.empty to true in {CONFIG_FILE}",
            namespace=namespace,
        )


def _alike(files: Mapping[str, Mapping[str, str]]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for path in (f"{namespace}/{name}" for namespace, texts in files.items() for name in texts):
        other = first.setdefault(path.lower(), path)
        if other != path:
            message = f"{other} and {path} differ only by case"
            namespace, _, name = path.rpartition("/")
            yield Problem(code="mixed_layout", message=message, namespace=namespace, file=name)


def _raise_any(problems: Iterable[Problem]) -> None:
    found = tuple(problems)
    if found:
        raise SchemaDirectoryInvalid(problems=found)


def read_keys(contents: Mapping[str, bytes]) -> SchemaYaml:
    """What schemabot.yaml says; files beside it don't matter. Raises SchemaDirectoryInvalid."""
    if CONFIG_FILE not in contents:
        message = f"there is no {CONFIG_FILE} in this directory; `schemabot init` writes one"
        raise SchemaDirectoryInvalid(problems=[Problem(code="unknown_key", message=message)])
    _raise_any(_unreadable(contents, [CONFIG_FILE]))
    document = read_yaml(contents[CONFIG_FILE].decode())
    keys, mistakes = check_document(SchemaYaml, document, context={})
    if keys is not None:
        mistakes = tuple(placed(document, wrong) for wrong in mistakes_between(keys))
    if keys is None or mistakes:
        raise SchemaDirectoryInvalid(problems=[_problem(mistake) for mistake in mistakes])
    return keys


def _problem(mistake: Mistake) -> Problem:
    message = f"{mistake.path}: {mistake.message}" if mistake.path else mistake.message
    return Problem(
        code=mistake.code,
        message=message,
        file=CONFIG_FILE,
        line=mistake.line,
        column=mistake.column,
    )


def _unreadable(contents: Mapping[str, bytes], paths: Iterable[str]) -> Iterator[Problem]:
    for path in paths:
        content = contents[path]
        if len(content) > _MOST_FILE_BYTES:
            message = f"the file has {len(content)} bytes; at most {_MOST_FILE_BYTES} are read"
            yield Problem(code="too_large", message=message, file=path)
        elif (bad := _first_bad_byte(content)) is not None:
            before = content[:bad]
            yield Problem(
                code="not_utf8",
                message=f"byte 0x{content[bad]:02x} is no UTF-8 text",
                file=path,
                line=before.count(b"\n") + 1,
                column=len(before[before.rfind(b"\n") + 1 :].decode()) + 1,
            )


def _first_bad_byte(content: bytes) -> int | None:
    try:
        content.decode()
    except UnicodeDecodeError as error:
        bad = error.start
        zero = content.find(b"\0", 0, bad)
        return bad if zero < 0 else zero
    zero = content.find(b"\0")
    return None if zero < 0 else zero


def _misplaced(paths: Iterable[str], keys: SchemaYaml) -> Iterator[Problem]:
    flat = [path for path in paths if "/" not in path]
    nested = [path for path in paths if "/" in path]
    for path in nested:
        if path.count("/") > 1:
            message = "files stand beside schemabot.yaml or one directory below it, no deeper"
            yield Problem(code="mixed_layout", message=message, file=path)
    if flat and nested:
        message = (
            f"{flat[0]} stands beside {CONFIG_FILE} and {nested[0]} in a directory; "
            "use one layout for all files"
        )
        yield Problem(code="mixed_layout", message=message, file=flat[0])
    if nested and keys.namespace is not None:
        message = "namespace: names the one namespace of a flat directory; this one has several"
        yield Problem(code="mixed_layout", message=message, file=CONFIG_FILE)
    for name in keys.namespaces:
        if flat and name != keys.flat_namespace:
            message = f"namespaces.{name}: this flat directory has only {keys.flat_namespace}"
            yield Problem(code="unknown_key", message=message, file=CONFIG_FILE)


def _at_path(problem: Problem, *, is_flat: bool) -> Problem:
    """The same problem with its file as the directory has it."""
    if problem.file is None:
        return replace(problem, file=CONFIG_FILE)
    return problem if is_flat else replace(problem, file=f"{problem.namespace}/{problem.file}")
