"""From a live schema to a schema directory: what is asked, what would change, what then holds."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from cli.client import PLAN_TIMEOUT_SECONDS, Answer, Service
from cli.errors import BadUsage, FileUnreadable
from cli.merging import Merged, merge
from cli.planning import desired_body
from cli.schema_files import find_root, read_contents, read_schema_files
from cli.writing import Edits
from schemabot.api.schemas.database import DatabaseAnswer
from schemabot.api.schemas.plan import DriftAnswer, PullAnswer
from schemabot.config.schema_dir import CONFIG_FILE, is_schema_file, read_keys
from schemabot.config.schema_yaml import SchemaYaml
from schemabot.offload import Offload
from tern.values.target import DatabaseType

FileTexts = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequest:
    """What was asked for on the command line.

    Attributes:
        type: Of a directory that has no schemabot.yaml yet; None: as the service knows it.
    """

    database: str
    environment: str
    type: DatabaseType | None
    place: Path
    namespaces: tuple[str, ...]
    prunes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """What pulling makes of a directory.

    Attributes:
        gone: Path of a file -> tables in it that aren't live.
    """

    edits: Edits
    gone: Mapping[str, tuple[str, ...]]


async def pull(service: Service, request: PullRequest) -> Pulled:
    """What would change so that the files are as the database is; nothing is written yet.

    Raises:
        BadUsage: the directory is another database's, or its layout has no place for a namespace.
        FileUnreadable, SchemaDirectoryInvalid: the directory can't be read.
        SchemaBotError: the service refused.
    """
    root, contents = await Offload("files", limit=1).run(_as_it_is, request.place)
    body: dict[str, object] = {
        "database": request.database,
        "environment": request.environment,
        "namespaces": list(request.namespaces),
    }
    answer = await service.post("/api/pull", PullAnswer, body=body, seconds=PLAN_TIMEOUT_SECONDS)
    if CONFIG_FILE not in contents and request.type is None:
        path = f"/api/databases/{request.database}/environments"
        known = (await service.get(path, DatabaseAnswer)).document
        request = replace(request, type=DatabaseType(known.type))
    return _edits(request, root, (contents, answer.document.files))


async def compared(service: Service, root: Path, environment: str) -> Answer[DriftAnswer]:
    """How the directory as it is now compares with the live schema; reads only."""
    directory = await read_schema_files(root)
    body = {
        "database": directory.database,
        "environment": environment,
        **desired_body(directory),
    }
    return await service.post("/api/drift", DriftAnswer, body=body, seconds=PLAN_TIMEOUT_SECONDS)


def _as_it_is(place: Path) -> tuple[Path, Mapping[str, bytes]]:
    """The schema directory that holds the place, or the place, to become one; and its files."""
    root = place.resolve()
    if any((folder / CONFIG_FILE).is_file() for folder in (root, *root.parents)):
        root = find_root(root)
    return root, read_contents(root) if root.is_dir() else {}


def _edits(
    request: PullRequest, root: Path, sides: tuple[Mapping[str, bytes], FileTexts]
) -> Pulled:
    contents, pulled = sides
    texts: dict[str, str] = {}
    if CONFIG_FILE in contents:
        keys = read_keys(contents)
    else:
        type_ = request.type or DatabaseType.MYSQL
        texts[CONFIG_FILE] = f"database: {request.database}\ntype: {type_}\n"
        keys = SchemaYaml(database=request.database, type=type_)
    _check_database(request, keys)
    paths = sorted(path for path in contents if is_schema_file(path, keys.type))
    is_flat = _is_flat(request, keys, (paths, pulled))
    removed: list[str] = []
    gone: dict[str, tuple[str, ...]] = {}
    for namespace, tables in pulled.items():
        _check_names(root, (namespace, *tables))
        folder = "" if is_flat else f"{namespace}/"
        merged = _merged(request, keys, (contents, paths), folder=folder, tables=tables)
        texts |= {f"{folder}{file}": text for file, text in merged.texts.items()}
        removed += [f"{folder}{file}" for file in merged.removed]
        for table, file in merged.gone.items():
            gone[f"{folder}{file}"] = (*gone.get(f"{folder}{file}", ()), table)
    return Pulled(edits=Edits(root=root, texts=texts, removed=removed), gone=gone)


def _check_names(root: Path, names: Iterable[str]) -> None:
    """A service that is not what it seems must not choose where files are written."""
    for name in names:
        if name.startswith(".") or not name or any(sign in name for sign in "/\\\0"):
            raise FileUnreadable(path=root / name, reason="no file of a schema has such a name")


def _merged(
    request: PullRequest,
    keys: SchemaYaml,
    existing: tuple[Mapping[str, bytes], list[str]],
    *,
    folder: str,
    tables: Mapping[str, str],
) -> Merged:
    contents, paths = existing
    own = [path for path in paths if path.rpartition("/")[0] == folder.rstrip("/")]
    files = {path.rpartition("/")[2]: contents[path].decode() for path in own}
    return merge(
        files, _managed(keys, folder.rstrip("/"), tables), type_=keys.type, prunes=request.prunes
    )


def _managed(keys: SchemaYaml, namespace: str, tables: Mapping[str, str]) -> Mapping[str, str]:
    """Without those that schemabot.yaml ignores."""
    settings = keys.namespaces.get(namespace or keys.flat_namespace)
    own = settings.ignore_tables if settings is not None else ()
    patterns = [re.compile(pattern) for pattern in (*keys.ignore_tables, *own)]
    return {
        file: text
        for file, text in tables.items()
        if not any(pattern.search(_table(text)) for pattern in patterns)
    }


def _table(text: str) -> str:
    """The name in a server's own text, which quotes it."""
    found = re.search(r"`((?:[^`]|``)*)`", text)
    return found[1].replace("``", "`") if found else ""


def _check_database(request: PullRequest, keys: SchemaYaml) -> None:
    if keys.database.lower() != request.database.lower():
        problem = f"this directory is of database {keys.database}, not of {request.database}"
        raise BadUsage(problem=problem, command="schemabot pull")


def _is_flat(request: PullRequest, keys: SchemaYaml, sides: tuple[list[str], FileTexts]) -> bool:
    """The layout that the files have; without files one namespace alone stands flat."""
    paths, pulled = sides
    if paths:
        is_flat = "/" not in paths[0]
    else:
        is_flat = set(pulled) <= {keys.flat_namespace} and len(keys.namespaces) <= 1
    strange = sorted(set(pulled) - {keys.flat_namespace}) if is_flat else []
    if strange:
        problem = (
            f"the files stand beside {CONFIG_FILE}, which has room for {keys.flat_namespace} only, "
            f"and {request.database} also has {', '.join(strange)}; name one with --namespace, or "
            "move the files into a directory per namespace"
        )
        raise BadUsage(problem=problem, command="schemabot pull")
    return is_flat
