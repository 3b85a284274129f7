"""Files of a schema directory, written aside and put in place together (C-31)."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cli.errors import FileUnreadable

_ASIDE = ".schemabot-new"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """What is to be done below a directory.

    Attributes:
        texts: Path from the directory, `/` between its parts, -> the file's whole text.
    """

    root: Path
    texts: Mapping[str, str]
    removed: Sequence[str] = ()

    def __bool__(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.texts or self.removed)


def write(edits: Edits) -> None:
    """Every text aside first, then each renamed into its place; blocks.

    Raises:
        FileUnreadable: the disk refused; nothing was put in place unless renaming itself failed.
    """
    places = [edits.root / path for path in edits.texts]
    try:
        for place, text in zip(places, edits.texts.values(), strict=True):
            _write_aside(place, text)
        for place in places:
            # a link stays a link, and what it points at changes
            _aside(place).replace(place.resolve())
        for path in edits.removed:
            (edits.root / path).unlink()
    except OSError as error:
        _forget(places)
        named = Path(error.filename or edits.root)
        raise FileUnreadable(path=named, reason=error.strerror or str(error)) from error


def _write_aside(place: Path, text: str) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    _aside(place).write_text(text, encoding="utf-8", newline="")


def _aside(place: Path) -> Path:
    return place.with_name(f"{place.name}{_ASIDE}")


def _forget(places: Sequence[Path]) -> None:
    for place in places:
        with suppress(OSError):
            _aside(place).unlink(missing_ok=True)
