"""A schema directory on disk -> what it says (C-8, C-9)."""

import os
from pathlib import Path

from cli.errors import FileUnreadable
from schemabot.config.schema_dir import CONFIG_FILE, SchemaDirectory, read_schema_directory
from schemabot.offload import Offload

_SUFFIXES = frozenset({".sql", ".json", ".yaml"})


async def read_schema_files(place: Path) -> SchemaDirectory:
    """The directory that holds schemabot.yaml: the place, or the nearest one above it.

    Raises:
        FileUnreadable: no such directory, no schemabot.yaml, a file or link that can't be followed.
        SchemaDirectoryInvalid: everything that is wrong in the files.
    """
    return await Offload("files", limit=1).run(_read_files, place)


def read_contents(root: Path) -> dict[str, bytes]:
    """Path below the directory, `/` between its parts -> content. Raises FileUnreadable."""
    contents: dict[str, bytes] = {}
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(folder, name)
            if path.suffix in _SUFFIXES:
                contents[path.relative_to(root).as_posix()] = _read(path, root)
    return contents


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
    if not path.resolve().is_relative_to(_repository(root)):
        raise FileUnreadable(path=path, reason="the link leaves the repository")
    try:
        return path.read_bytes()
    except OSError as error:
        raise FileUnreadable(path=path, reason=error.strerror or str(error)) from error


def _repository(root: Path) -> Path:
    """The checkout that holds the directory, or the directory itself."""
    return next((each for each in (root, *root.parents) if (each / ".git").exists()), root)
