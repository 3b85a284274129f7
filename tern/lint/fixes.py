"""What would mend a finding in its file: the smallest change of the text, and what it may change.

Pure: tokens in, edits out. Whoever writes files builds the mended definition first and compares.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tern.ddl.clauses import DropIndex
from tern.ddl.cursor import group_end, without_silent
from tern.ddl.elements import Element, ElementKind
from tern.ddl.identifiers import fold
from tern.ddl.lexer import Token
from tern.ddl.options import CHARSET, COLLATE
from tern.ddl.table import Column, ForeignKey
from tern.lint.column_types import ColumnType
from tern.lint.rule import Subject

WANTED_CHARSET = "utf8mb4"
_INTEGERS = ("TINYINT", "SMALLINT", "MEDIUMINT", "INT", "INTEGER", "BIGINT")
_ALLOWED_CHARSETS = frozenset({WANTED_CHARSET, "binary"})


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Edit:
    """Characters of the file from `begin` up to `end` give way to `text`."""

    begin: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """One finding's.

    Attributes:
        columns: Folded names of columns that may differ afterwards; `indexes` alike.
        options: Canonical names of table options that may.
        problem: Why it can't be done here; then there are no edits.
    """

    rule: str
    edits: tuple[Edit, ...] = ()
    columns: frozenset[str] = frozenset()
    indexes: frozenset[str] = frozenset()
    options: frozenset[str] = frozenset()
    problem: str | None = None


def fix_of(subject: Subject, rule: str, named: str | None) -> Fix | None:
    """The mending of a finding of this rule about `named`; None where there is none."""
    make = FIXES.get(rule)
    if make is None or subject.source is None:
        return None
    return make(subject, named)


def edited(text: str, edits: Sequence[Edit], *, offset: int = 0) -> str:
    """The text with all edits made; `offset` is where in the file it begins."""
    for edit in sorted(set(edits), reverse=True):
        text = text[: edit.begin - offset] + edit.text + text[edit.end - offset :]
    return text


def _display_width(subject: Subject, named: str | None) -> Fix | None:
    element = _column_element(subject, named)
    if element is None or any(token.is_word("ZEROFILL") for token in element.tokens):
        return None
    edits = tuple(_without_width(element))
    return _of_column("display_width", named, edits)


def _auto_inc_type(subject: Subject, named: str | None) -> Fix | None:
    element = _column_element(subject, named)
    if element is None or not element.body or not element.body[0].is_word(*_INTEGERS):
        return None
    word = element.body[0]
    wide = "BIGINT" if word.text.isupper() else "bigint"
    if word.text == wide:
        return None
    tied = _tied(subject, named)
    if tied is not None:
        return Fix(rule="auto_inc_type", problem=f"{tied}; change both columns by hand")
    edit = Edit(begin=word.offset, end=word.end, text=wide)
    return _of_column("auto_inc_type", named, (edit, *_without_width(element)))


def _allow_charset(subject: Subject, named: str | None) -> Fix | None:
    if named is None:
        return _table_charset(subject, "allow_charset")
    element = _column_element(subject, named)
    if element is None:
        return None
    tied = _tied(subject, named)
    if tied is not None:
        return Fix(rule="allow_charset", problem=f"{tied}; change both columns by hand")
    value, gone = _charset_clauses(without_silent(element.tokens))
    if value is not None:
        swap = Edit(begin=value.offset, end=value.end, text=WANTED_CHARSET)
        return _of_column("allow_charset", named, (swap, *gone))
    at = _type_end(element)
    spelled = Edit(begin=at, end=at, text=f" CHARACTER SET {WANTED_CHARSET}")
    return _of_column("allow_charset", named, (spelled, *gone))


def _implicit_charset(subject: Subject, _named: str | None) -> Fix | None:
    return _table_charset(subject, "implicit_charset")


def _table_charset(subject: Subject, rule: str) -> Fix | None:
    """The table's charset named; one that is allowed stays, with its collation."""
    desired, source = subject.desired, subject.source
    if desired is None or source is None:
        return None
    charset = desired.option(CHARSET) or WANTED_CHARSET
    is_kept = charset.lower() in _ALLOWED_CHARSETS
    value, gone = _charset_clauses(_option_tokens(subject))
    if value is not None:
        if is_kept:
            return None
        edits = (Edit(begin=value.offset, end=value.end, text=WANTED_CHARSET), *gone)
    else:
        text = f" DEFAULT CHARSET={charset if is_kept else WANTED_CHARSET}"
        collation = desired.option(COLLATE)
        text += f" COLLATE={collation}" if is_kept and collation else ""
        end = _options_end(subject)
        edits = (Edit(begin=end, end=end, text=text), *gone)
    followers = frozenset() if is_kept else _followers(desired.columns)
    tied = next((t for name in sorted(followers) if (t := _tied(subject, name))), None)
    if tied is not None:
        return Fix(rule=rule, problem=f"{tied}; change both tables by hand")
    return Fix(rule=rule, edits=edits, columns=followers, options=frozenset({CHARSET, COLLATE}))


def _temporal_default(subject: Subject, named: str | None) -> Fix | None:
    element = _column_element(subject, named)
    column = subject.desired.column(named) if subject.desired and named else None
    if element is None or column is None:
        return None
    type_ = ColumnType.parse(column.type)
    digits = f"({type_.arguments[0]})" if type_.arguments else ""
    default = "(CURRENT_DATE)" if type_.base == "date" else f"CURRENT_TIMESTAMP{digits}"
    at = _behind_not_null(element)
    edit = Edit(begin=at, end=at, text=f" DEFAULT {default}")
    return _of_column("temporal_default", named, (edit,))


def _drop_visible_index(subject: Subject, named: str | None) -> Fix | None:
    """The index back in the file, hidden: it goes for good by the change after this one."""
    dropped = [c.index for c in subject.clauses if isinstance(c, DropIndex)]
    index = next((i for i in dropped if named is not None and i.name == named), None)
    elements = subject.source.elements if subject.source else ()
    if index is None or not elements:
        return None
    hidden = "IGNORED" if subject.flavor.is_mariadb() else "INVISIBLE"
    last = without_silent(elements[-1].tokens)
    indent = " " * (without_silent(elements[0].tokens)[0].column - 1)
    is_one_line = without_silent(elements[0].tokens)[0].line == last[-1].line
    begin = ", " if is_one_line else f",\n{indent}"
    edit = Edit(begin=last[-1].end, end=last[-1].end, text=f"{begin}{index.text} {hidden}")
    return Fix(rule="drop_visible_index", edits=(edit,), indexes=frozenset({fold(index.name)}))


def _of_column(rule: str, named: str | None, edits: tuple[Edit, ...]) -> Fix | None:
    return Fix(rule=rule, edits=edits, columns=frozenset({fold(named or "")})) if edits else None


def _column_element(subject: Subject, named: str | None) -> Element | None:
    for element in subject.source.elements if subject.source and named else ():
        is_column = element.kind is ElementKind.COLUMN
        if is_column and fold(element.name or "") == fold(named or ""):
            return element
    return None


def _without_width(element: Element) -> Iterator[Edit]:
    body = element.body
    if len(body) > 1 and body[0].is_word(*_INTEGERS) and body[1].is_symbol("("):
        end = group_end(body, 1)
        yield Edit(begin=body[0].end, end=body[end - 1].end, text="")


def _type_end(element: Element) -> int:
    body = element.body
    if len(body) > 1 and body[1].is_symbol("("):
        return body[group_end(body, 1) - 1].end
    return body[0].end


def _behind_not_null(element: Element) -> int:
    body = element.body
    for first, second in pairwise(body):
        if first.is_word("NOT") and second.is_word("NULL"):
            return second.end
    return _type_end(element)


def _charset_clauses(tokens: Sequence[Token]) -> tuple[Token | None, tuple[Edit, ...]]:
    """The token that names the charset, and edits that take a collation away."""
    value, gone = None, []
    for index, token in enumerate(tokens):
        words = 2 if token.is_word("CHARACTER") and _is_word(tokens, index + 1, "SET") else 1
        if words == 1 and not token.is_word("CHARSET", "COLLATE"):
            continue
        at = index + words
        at += at < len(tokens) and tokens[at].is_symbol("=")
        if at >= len(tokens):
            continue
        if not token.is_word("COLLATE"):
            value = tokens[at]
        else:
            is_default = index > 0 and tokens[index - 1].is_word("DEFAULT")
            before = index - 1 if is_default else index
            begin = tokens[before - 1].end if before else tokens[before].offset
            gone.append(Edit(begin=begin, end=tokens[at].end, text=""))
    return value, tuple(gone)


def _is_word(tokens: Sequence[Token], index: int, word: str) -> bool:
    return index < len(tokens) and tokens[index].is_word(word)


def _option_tokens(subject: Subject) -> Sequence[Token]:
    """Those behind the definitions; the closing parenthesis stands before them."""
    tokens = subject.source.source.tokens if subject.source else ()
    start = next(i for i, token in enumerate(tokens) if token.is_symbol("("))
    return without_silent(tokens[group_end(tokens, start) - 1 :])


def _options_end(subject: Subject) -> int:
    """Behind the last option, before any partitioning."""
    tokens = _option_tokens(subject)
    for index, token in enumerate(tokens):
        if token.is_word("PARTITION") and _is_word(tokens, index + 1, "BY"):
            return tokens[index - 1].end
    return tokens[-1].end


def _followers(columns: Sequence[Column]) -> frozenset[str]:
    """Columns that name no charset of their own, so that they follow the table's."""
    return frozenset(
        fold(column.name) for column in columns if column.definition == column.plain_definition
    )


def _tied(subject: Subject, named: str | None) -> str | None:
    """Which foreign key holds the column's type to another column's; None for none."""
    key = fold(named or "")
    for own in subject.desired.foreign_keys if subject.desired else ():
        if key in map(fold, own.columns):
            return f"foreign key `{own.name}` ties `{named}` to `{own.parent_table}`"
    for child, found in _pointing(subject):
        if key in map(fold, found.parent_columns):
            return f"foreign key `{found.name}` of `{child}` points at `{named}`"
    return None


def _pointing(subject: Subject) -> Iterator[tuple[str, ForeignKey]]:
    if subject.neighbours is not None:
        yield from subject.neighbours.pointing_at(subject.namespace, subject.name)


FIXES: Mapping[str, Callable[[Subject, str | None], Fix | None]] = {
    "display_width": _display_width,
    "auto_inc_type": _auto_inc_type,
    "allow_charset": _allow_charset,
    "implicit_charset": _implicit_charset,
    "temporal_default": _temporal_default,
    "drop_visible_index": _drop_visible_index,
}
"""Rules whose findings can be mended."""
