"""A live schema put into a schema directory's files, as little as possible of them changed (P-52).

Pure: texts in, texts out. A table that a file defines is replaced there, what stands around it
stays; one whose file says the same already is left alone, comments inside it included. A new table
gets a file of its own.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from schemabot.domain.file_names import free_name
from tern.ddl.errors import LexError
from tern.ddl.flavor import Flavor, Vendor
from tern.ddl.identifiers import fold
from tern.ddl.sameness import is_same_text
from tern.ddl.statements import SourceStatement, classify, split
from tern.values.target import DatabaseType

_NEWEST = (99, 0, 0)
_ANY_CLAUSES = frozenset({"tablespace", "data_directory", "connection"})
_BLANK_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """One namespace's files afterwards.

    Attributes:
        texts: File -> text, of those that change or are new.
        removed: Files that hold nothing any more.
        gone: Tables of files that aren't live -> their file, when they were left there.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    removed: tuple[str, ...] = ()
    gone: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Defined:
    file: str
    name: str
    statement: SourceStatement


def merge(
    files: Mapping[str, str],
    pulled: Mapping[str, str],
    *,
    type_: DatabaseType,
    prunes: bool,
) -> Merged:
    """The files so that they define exactly what was pulled, or that and more without `prunes`.

    Args:
        files: File -> text, as they are.
        pulled: File name that a table would have by itself -> the server's text.
        type_: Which server's dialect they are in.
        prunes: Whether definitions of tables that aren't live are removed.
    """
    flavor = _flavor(type_)
    defined = list(_definitions(files, flavor))
    names = {name: _name_of(text, flavor) for name, text in pulled.items()}
    homes = _homes(defined, list(names.values()))
    edits: dict[str, list[tuple[SourceStatement, str | None]]] = {}
    texts: dict[str, str] = {}
    taken = {name.lower() for name in files}
    for name, text in pulled.items():
        home = homes.get(names[name])
        if home is None:
            new_file = free_name(name.removesuffix(".sql"), taken)
            taken.add(new_file.lower())
            texts[new_file] = f"{text};\n"
        elif not is_same_text(home.statement.text, text):
            edits.setdefault(home.file, []).append((home.statement, text))
    left = [one for one in defined if one not in homes.values()]
    for one in left if prunes else ():
        edits.setdefault(one.file, []).append((one.statement, None))
    texts |= {file: _edited(files[file], made) for file, made in edits.items()}
    removed = tuple(sorted(file for file in edits if not _statements(texts[file], file)))
    return Merged(
        texts={file: text for file, text in texts.items() if file not in removed},
        removed=removed,
        gone={} if prunes else {one.name: one.file for one in left},
    )


def _flavor(type_: DatabaseType) -> Flavor:
    """The newest server of the type: what a file may define, a server has judged already."""
    vendor = Vendor.MARIADB if type_ is DatabaseType.MARIADB else Vendor.MYSQL
    return Flavor(vendor=vendor, version=_NEWEST)


def _definitions(files: Mapping[str, str], flavor: Flavor) -> Iterator[_Defined]:
    for file, text in sorted(files.items()):
        for statement in _statements(text, file):
            name = _name(statement, flavor)
            if name is not None:
                yield _Defined(file=file, name=name, statement=statement)


def _statements(text: str, file: str) -> Sequence[SourceStatement]:
    """None of a file that can't be read: it is left alone, and the plan afterwards tells why."""
    try:
        return split(text, file=file)
    except LexError:
        return ()


def _name(statement: SourceStatement, flavor: Flavor) -> str | None:
    read = classify(statement, flavor=flavor, allowed_clauses=_ANY_CLAUSES)
    return None if isinstance(read, tuple) else read.name


def _name_of(text: str, flavor: Flavor) -> str:
    names = [_name(statement, flavor) for statement in _statements(text, "")]
    return next((name for name in names if name is not None), "")


def _homes(defined: Sequence[_Defined], names: Sequence[str]) -> Mapping[str, _Defined]:
    """Table -> where it is defined: under its very name, else under one of another case."""
    exact = {one.name: one for one in defined if one.name in names}
    others = {fold(one.name): one for one in defined if one.name not in exact}
    folded = {name: others.pop(fold(name), None) for name in names if name not in exact}
    return exact | {name: one for name, one in folded.items() if one is not None}


def _edited(text: str, edits: Sequence[tuple[SourceStatement, str | None]]) -> str:
    """The text with each statement replaced, from the last to the first; None removes it."""
    for statement, new in sorted(edits, key=lambda edit: -edit[0].offset):
        begin, end = statement.offset, statement.end
        if new is None:
            semicolon = re.match(r"\s*;[ \t]*", text[end:])
            end += semicolon.end() if semicolon else 0
            text = _BLANK_LINES.sub("\n\n", text[:begin] + text[end:]).lstrip("\n")
        else:
            text = text[:begin] + new + text[end:]
    return text
