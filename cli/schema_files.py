"""A schema directory on disk -> what it says (C-8, C-9)."""

from collections.abc import Iterator
from pathlib import Path

from cli.errors import FileUnreadable
from schemabot.config.schema_dir import CONFIG_FILE, SchemaDirectory, read_schema_directory
from schemabot.offload import Offload

_SUFFIXES = frozenset({".sql", ".json", ".yaml"})
_LEAVES = "the link leaves the repository"


async def read_schema_files(place: Path) -> SchemaDirectory:
    """The directory that holds schemabot.yaml: the place, or the nearest one above it.

    Raises:
        FileUnreadable: no such directory, no schemabot.yaml, a file or link that can't be followed.
        SchemaDirectoryInvalid: everything that is wrong in the files.
    """
    return await Offload("files", limit=1).run(_read_files, place)


def read_contents(root: Path) -> dict[str, bytes]:
    """Path below the directory, `/` between its parts -> content. Raises FileUnreadable."""
    found = _files(root, repository=_repository(root.resolve()), above=())
    return {path.relative_to(root).as_posix(): _read(path, root) for path in found}


def _files(folder: Path, *, repository: Path, above: tuple[Path, ...]) -> Iterator[Path]:
    """Files below a folder; links to directories are followed inside the repository (P-2)."""
    real = folder.resolve()
    if not real.is_relative_to(repository):
        raise FileUnreadable(path=folder, reason=_LEAVES)
    if real in above:
        raise FileUnreadable(path=folder, reason="the link leads back to a directory above it")
    try:
        within = sorted(folder.iterdir())
    except OSError as error:
        raise FileUnreadable(path=folder, reason=error.strerror or str(error)) from error
    for path in within:
        if path.is_dir():
            if not path.name.startswith("."):
                yield from _files(path, repository=repository, above=(*above, real))
        elif path.suffix in _SUFFIXES:
            yield path


def _read_files(place: Path) -> SchemaDirectory:
    return read_schema_directory(read_contents(find_root(place)))


def find_root(place: Path) -> Path:
    """The directory of schemabot.yaml: the place, or the nearest above. Raises FileUnreadable."""
    if not place.exists():
        raise FileUnreadable(path=place, reason="no such directory")
    start = place.resolve()
    for folder in (start, *start.parents):
        if (folder / CONFIG_FILE).is_file():
            return folder
    raise FileUnreadable(
        path=place,
        reason=f"there is no {CONFIG_FILE} here or above",
        next_action="name the schema directory with -s, or make one with `schemabot init`",
    )


def _read(path: Path, root: Path) -> bytes:
    if not path.resolve().is_relative_to(_repository(root.resolve())):
        raise FileUnreadable(path=path, reason=_LEAVES)
    try:
        return path.read_bytes()
    except OSError as error:
        raise FileUnreadable(path=path, reason=error.strerror or str(error)) from error


def _repository(root: Path) -> Path:
    """The checkout that holds the directory, or the directory itself."""
    return next((each for each in (root, *root.parents) if (each / ".git").exists()), root)
