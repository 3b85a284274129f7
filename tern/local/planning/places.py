"""From a server's error back to the line and column of the file that caused it (P-10)."""

import re
from dataclasses import dataclass

from tern.ddl.statements import SourceStatement

_NEAR = re.compile(r"near '(?P<near>.*)' at line (?P<line>\d+)", re.DOTALL)
_QUOTED = re.compile(r"'([^']+)'")
_AT_LINE = re.compile(r" at line \d+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorPlace:
    """A place in a file with what the server says of it; the message ends with line and caret."""

    line: int
    column: int
    message: str


def find_place(server_text: str, source: SourceStatement) -> ErrorPlace:
    """Where the server stopped reading; the statement's own place if that can't be told.

    The text that the server got has the file's lines, so that its line numbers hold.
    """
    offset = _offset(server_text, source.text)
    before = source.text[:offset]
    line = source.line + before.count("\n")
    start = before.rfind("\n") + 1
    column = offset - start + (source.column if start == 0 else 1)
    shown = source.text[start:].split("\n", maxsplit=1)[0].rstrip("\r")
    caret = " " * (offset - start) + "^"
    return ErrorPlace(
        line=line, column=column, message=f"{_short(server_text)}\n{_plain(shown)}\n{caret}"
    )


def _offset(server_text: str, text: str) -> int:
    found = _NEAR.search(server_text)
    if found is None:
        return _named_offset(server_text, text)
    near = found["near"]
    if not near:
        return len(text.rstrip())
    start = _line_start(text, int(found["line"]))
    for begin in (0, start):
        first = text.find(near, begin)
        if first >= 0 and text.find(near, first + 1) < 0:
            return first
    return start


def _named_offset(server_text: str, text: str) -> int:
    """Where the one thing stands that the server names; the beginning if it stands twice."""
    for name in _QUOTED.findall(server_text):
        places = [m.start() for m in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text)]
        if len(places) == 1:
            return places[0]
    return 0


def _line_start(text: str, line: int) -> int:
    """Offset of a line of the statement, counted from 1."""
    offset = 0
    for _ in range(line - 1):
        following = text.find("\n", offset)
        if following < 0:
            break
        offset = following + 1
    return offset


def _short(server_text: str) -> str:
    """The server's text from what it is about on: the preamble is the same for every error."""
    near = server_text.find("near '")
    return _AT_LINE.sub("", server_text[near:] if near >= 0 else server_text)


def _plain(line: str) -> str:
    """Tabs as single blanks, so that the caret stands under its character."""
    return line.replace("\t", " ")
