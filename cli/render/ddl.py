"""Statements for people: one clause a line; the words are never changed."""

_OPENING = "([{"
_CLOSING = ")]}"
_QUOTES = "`'\""


def one_line(ddl: str) -> str:
    """The statement with every run of blanks outside quotes as one space."""
    return " ".join(part.strip() for part in ddl.splitlines()).strip()


def clauses(ddl: str) -> list[str]:
    """An ALTER's lines: its head, then each clause; any other statement as it is written."""
    text = ddl.strip()
    if "\n" in text or not text.upper().startswith("ALTER TABLE"):
        return text.splitlines()
    head, rest = _head(text)
    parts = _split(rest)
    return [head, *(f"  {part.strip()}" for part in parts)]


def _head(text: str) -> tuple[str, str]:
    """`ALTER TABLE` and the name, which may be quoted and hold blanks."""
    position = len("ALTER TABLE ")
    while position < len(text):
        char = text[position]
        if char in _QUOTES:
            position = _after_quote(text, position)
        elif char == " ":
            break
        else:
            position += 1
    return text[:position], text[position:]


def _split(text: str) -> list[str]:
    """At the commas outside quotes and brackets; each part keeps its comma."""
    parts, begin, depth, position = [], 0, 0, 0
    while position < len(text):
        char = text[position]
        if char in _QUOTES:
            position = _after_quote(text, position)
            continue
        depth += (char in _OPENING) - (char in _CLOSING)
        position += 1
        if char == "," and depth == 0:
            parts.append(text[begin:position])
            begin = position
    return [*parts, text[begin:]]


def _after_quote(text: str, position: int) -> int:
    """Behind the quoted part that begins here; a doubled quote is two parts, side by side."""
    quote = text[position]
    position += 1
    while position < len(text) and text[position] != quote:
        position += 2 if text[position] == "\\" and quote != "`" else 1
    return position + 1
