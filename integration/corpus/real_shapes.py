"""The corpus: schemas shaped like real ones, a folder each; `-- flavor: x` marks what one lacks."""

import re
from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(__file__).parent
_MARK = re.compile(r"^-- flavor: (mysql|mariadb)$", re.MULTILINE)


def schemas() -> list[str]:
    """Names of the corpus' schemas."""
    return sorted(path.name for path in FOLDER.iterdir() if any(path.glob("*.sql")))


def files_for(schema: str, flavor: str) -> Mapping[str, str]:
    """File name -> text, of those that this flavor can have."""
    texts = {
        path.name: path.read_text(encoding="utf-8") for path in (FOLDER / schema).glob("*.sql")
    }
    return {name: text for name, text in texts.items() if _is_for(text, flavor)}


def _is_for(text: str, flavor: str) -> bool:
    marked = _MARK.search(text)
    return marked is None or marked[1] == flavor
