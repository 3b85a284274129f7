"""A column's text taken apart: only what a comparison asks for, all else left where it stands."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tern.ddl.cursor import Cursor, joined
from tern.ddl.elements import Element
from tern.ddl.identifiers import fold, unquote
from tern.ddl.lexer import Kind, Token
from tern.ddl.table import Column, Generated, Storage

# Words that begin the attribute after a default; a default itself holds none of them outside
# parentheses, quotes and CASE.
_ATTRIBUTE_STARTS = (
    "AUTO_INCREMENT", "CHECK", "COLLATE", "COLUMN_FORMAT", "COMMENT", "CONSTRAINT",
    "ENGINE_ATTRIBUTE", "INVISIBLE", "ON", "SRID", "STORAGE", "VISIBLE", "WITH", "WITHOUT",
)  # fmt: skip


@dataclass(slots=True)
class _Found:
    """What the attributes said so far."""

    is_nullable: bool = True
    default: str | None = None
    on_update: str | None = None
    generated: Generated | None = None
    is_row_bound: bool = False
    is_auto_increment: bool = False
    is_invisible: bool = False
    comment: str | None = None
    check: str | None = None
    uses: set[str] = field(default_factory=set)


def read_column(element: Element, text: str, definition_text: str) -> Column:
    """The column that an element defines.

    Args:
        element: Its tokens, with places in `text`.
        text: The whole server text.
        definition_text: The element's verbatim text, its name first.
    """
    cursor = Cursor(element.body)
    end = element.tokens[-1].end
    definition = text[element.body[0].offset : end]
    type_end = _read_type(cursor, text)
    before = len(element.body) - len(cursor.rest)
    charset_end = _charset_end(cursor, type_end)
    shape = joined([*element.body[:before], *cursor.rest])
    found = _Found()
    while cursor.current is not None:
        _read_attribute(cursor, found)
    plain = text[element.body[0].offset : type_end] + text[charset_end:end]
    return Column(
        name=element.name or "",
        definition=definition,
        plain_definition=plain,
        charset_at=type_end - element.body[0].offset,
        shape=shape,
        type=_type_text(element.body),
        is_nullable=found.is_nullable,
        default=found.default,
        on_update=found.on_update,
        generated=found.generated,
        is_row_bound=found.is_row_bound,
        is_auto_increment=found.is_auto_increment,
        is_invisible=found.is_invisible,
        comment=found.comment,
        check=found.check,
        uses=frozenset(found.uses),
        text=definition_text,
    )


def names_in(tokens: Sequence[Token]) -> tuple[str, ...]:
    """Folded names between backticks, in order; the server quotes every column that it prints."""
    return tuple(fold(unquote(token.text)) for token in tokens if token.kind is Kind.NAME)


def _type_text(body: Sequence[Token]) -> str:
    cursor = Cursor(body)
    words = [cursor.take().text]
    words.append("".join(token.text for token in cursor.accept_group()))
    words += [f" {word.lower()}" for word in ("UNSIGNED", "ZEROFILL") if cursor.accept_words(word)]
    return "".join(words)


def _read_type(cursor: Cursor, text: str) -> int:
    """Step over the type; where a charset clause would begin."""
    end = cursor.take().end
    if group := cursor.accept_group():
        end = group[-1].end
    for word in ("UNSIGNED", "ZEROFILL"):
        if cursor.at_words(word):
            end = cursor.take().end
    if cursor.at_words("COMPRESSED"):
        end = cursor.take().end
        closing = text.find("*/", end)
        end = closing + 2 if text[end:closing].strip() == "" and closing >= 0 else end
    return end


def _charset_end(cursor: Cursor, type_end: int) -> int:
    end = type_end
    if cursor.accept_words("CHARACTER", "SET"):
        end = cursor.take().end
    if cursor.accept_words("COLLATE"):
        end = cursor.take().end
    return end


def _read_attribute(cursor: Cursor, found: _Found) -> None:
    if cursor.accept_words("NOT", "NULL"):
        found.is_nullable = False
    elif cursor.accept_words("GENERATED", "ALWAYS", "AS"):
        _read_generated(cursor, found)
    elif cursor.accept_words("DEFAULT"):
        value = _default(cursor)
        found.default = joined(value)
        found.uses.update(names_in(value))
    elif cursor.accept_words("ON", "UPDATE"):
        found.on_update = joined([cursor.take(), *cursor.accept_group()])
    elif cursor.accept_words("COMMENT"):
        found.comment = cursor.take().text
    elif cursor.accept_words("CHECK"):
        group = cursor.accept_group()
        found.check = joined(group)
        found.uses.update(names_in(group))
    else:
        _read_flag(cursor, found)


def _read_generated(cursor: Cursor, found: _Found) -> None:
    group = cursor.accept_group()
    if not group:  # AS ROW START, AS ROW END
        found.is_row_bound = True
        return
    is_stored = cursor.accept_words("STORED") or cursor.accept_words("PERSISTENT")
    if not is_stored:
        cursor.accept_words("VIRTUAL")
    storage = Storage.STORED if is_stored else Storage.VIRTUAL
    found.generated = Generated(expression=joined(group), storage=storage)
    found.uses.update(names_in(group))


def _read_flag(cursor: Cursor, found: _Found) -> None:
    token = cursor.take()
    found.is_auto_increment |= token.is_word("AUTO_INCREMENT")
    found.is_invisible |= token.is_word("INVISIBLE")
    cursor.accept_group()


def _default(cursor: Cursor) -> list[Token]:
    """The tokens of a default: a literal, or on MariaDB any expression without parentheses."""
    value: list[Token] = []
    cases = 0
    while (token := cursor.current) is not None:
        if value and cases == 0 and token.is_word(*_ATTRIBUTE_STARTS):
            break
        cases += token.is_word("CASE") - token.is_word("END")
        value.extend(cursor.accept_group() or [cursor.take()])
    return value
