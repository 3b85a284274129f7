"""Schema files as statements: where each begins, and whether it may be run at all.

Only CREATE TABLE with a list of columns, and CREATE SEQUENCE where the server has it, are let
through. Everything else becomes a problem with its place; nothing is skipped in silence.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tern.ddl.cursor import Cursor, group_end, without_silent
from tern.ddl.elements import Element, read_elements
from tern.ddl.errors import LexError
from tern.ddl.flavor import Flavor
from tern.ddl.guards import find_refused, find_refused_options
from tern.ddl.hints import Hint, read_hints
from tern.ddl.identifiers import unquote
from tern.ddl.lexer import Kind, Token, tokens
from tern.ddl.options import named_options
from tern.ddl.problems import DefinitionProblem, ProblemCode, Refusal

NO_CLAUSES: frozenset[str] = frozenset()

_LAST_STORABLE = "\uffff"  # the last character of the basic plane


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStatement:
    """One statement of a file, without the semicolon that ends it.

    Attributes:
        offset: Of its first token in the file, in characters; `end` is behind its last token.
        line: Of its first token, counted from 1; so is `column`.
        tokens: Its own, comments included; their places are places in the file.
        beside: Comments above it, and behind its semicolon on the same line.
    """

    file: str
    text: str
    offset: int
    end: int
    line: int
    column: int
    tokens: tuple[Token, ...]
    beside: tuple[Token, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateTable:
    """A table that a file defines.

    Attributes:
        text: What to run: the file's text, IF NOT EXISTS blanked, so that places still hold.
        elements: Its definitions, with their places in the file.
        named_options: Table options that the file names, by their canonical names.
    """

    name: str
    text: str
    source: SourceStatement
    elements: tuple[Element, ...]
    hints: tuple[Hint, ...]
    named_options: frozenset[str]

    def temporary_text(self) -> str:
        """The same statement for a temporary table."""
        created = len("CREATE")
        return f"{self.text[:created]} TEMPORARY{self.text[created:]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateSequence:
    """A sequence that a file defines; `text` as for a table."""

    name: str
    text: str
    source: SourceStatement
    hints: tuple[Hint, ...]


Definition = CreateTable | CreateSequence


def split(text: str, *, file: str) -> tuple[SourceStatement, ...]:
    """The statements of a file in order; text without a statement gives none.

    Raises:
        LexError: the file cannot be told apart; names the file, line and column.
    """
    try:
        runs = _runs(tokens(text))
    except LexError as error:
        raise LexError(
            line=error.line, column=error.column, reason=error.reason, file=file
        ) from error
    made = (_statement(run, text=text, file=file) for run in runs)
    return tuple(statement for statement in made if statement is not None)


def classify(
    statement: SourceStatement, *, flavor: Flavor, allowed_clauses: frozenset[str] = NO_CLAUSES
) -> Definition | tuple[DefinitionProblem, ...]:
    """What a statement defines, or every reason why it may not be run."""
    head = _read_head(statement, flavor)
    if isinstance(head, Refusal):
        return (head.in_file(statement.file),)
    if head.defines_table:
        return _classify_table(head, flavor=flavor, allowed=allowed_clauses)
    return _classify_sequence(head, flavor=flavor, allowed=allowed_clauses)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    statement: SourceStatement
    name: str
    defines_table: bool
    blanked: tuple[Token, ...]
    rest: tuple[Token, ...]  # everything after the name, comments included


def _runs(read: Iterable[Token]) -> list[list[Token]]:
    """Tokens between semicolons; a comment on a semicolon's line goes with what that ends."""
    runs: list[list[Token]] = [[]]
    semicolon_line = 0
    is_inside = False
    for token in read:
        kind = token.kind
        is_inside = kind is Kind.OPENING or (is_inside and kind is not Kind.CLOSING)
        if kind is Kind.SYMBOL and token.text == ";" and not is_inside:
            runs.append([])
            semicolon_line = token.line
        elif kind is Kind.COMMENT and token.line == semicolon_line and not runs[-1]:
            runs[-2].append(token)
        else:
            runs[-1].append(token)
    return runs


def _statement(run: Sequence[Token], *, text: str, file: str) -> SourceStatement | None:
    places = [index for index, token in enumerate(run) if token.kind is not Kind.COMMENT]
    if not places:
        return None
    begin, end = places[0], places[-1] + 1
    first, last = run[begin], run[end - 1]
    return SourceStatement(
        file=file,
        text=text[first.offset : last.end],
        offset=first.offset,
        end=last.end,
        line=first.line,
        column=first.column,
        tokens=tuple(run[begin:end]),
        beside=(*run[:begin], *run[end:]),
    )


def _read_head(statement: SourceStatement, flavor: Flavor) -> _Head | Refusal:
    cursor = Cursor(without_silent(statement.tokens))
    refusal = _refuse_kind(statement, cursor, flavor) or _refuse_unstorable_name(statement)
    if refusal is not None:
        return refusal
    defines_table = cursor.take().is_word("TABLE")
    condition = tuple(cursor.ahead(3))
    blanked = condition if cursor.accept_words("IF", "NOT", "EXISTS") else ()
    named = cursor.current
    name = cursor.accept_name()
    if named is None or name is None:
        place = named or statement.tokens[-1]
        return Refusal(token=place, code=ProblemCode.SQL_SYNTAX, message="a name must follow here")
    if cursor.at_symbol("."):
        return _refuse_qualified(named, cursor)
    tail = statement.tokens[statement.tokens.index(named) + 1 :]
    hidden = _first_opening(statement.tokens, before=_body_offset(tail))
    if hidden is not None:
        message = "no executable comment may stand before the definitions"
        return Refusal(token=hidden, message=message)
    return _Head(
        statement=statement,
        name=unquote(name),
        defines_table=defines_table,
        blanked=blanked,
        rest=tail,
    )


def _refuse_kind(statement: SourceStatement, cursor: Cursor, flavor: Flavor) -> Refusal | None:
    """Step over CREATE; refuse what is neither a plain table nor a plain sequence."""
    first = cursor.current or statement.tokens[0]
    wanted = "CREATE TABLE and CREATE SEQUENCE" if flavor.has_sequences() else "CREATE TABLE"
    message = f"only {wanted} may stand here; found {{}}"
    if not cursor.accept_words("CREATE"):
        return Refusal(token=first, message=message.format(first.text.upper()))
    second = cursor.current
    if second is None:
        return Refusal(token=first, message=message.format("CREATE"))
    is_sequence = second.is_word("SEQUENCE") and flavor.has_sequences()
    if second.is_word("TABLE") or is_sequence:
        return None
    words = "OR REPLACE" if cursor.at_words("OR", "REPLACE") else second.text.upper()
    return Refusal(token=second, message=message.format(f"CREATE {words}"))


def _refuse_unstorable_name(statement: SourceStatement) -> Refusal | None:
    """Servers keep names in three bytes a character; MySQL 9.7 puts `?` for what needs four."""
    for token in statement.tokens:
        is_name = token.kind in {Kind.NAME, Kind.WORD} and not token.text.isascii()
        if is_name and max(token.text) > _LAST_STORABLE:
            message = f"no server can store the name {token.text}: it holds {max(token.text)}"
            return Refusal(token=token, code=ProblemCode.TABLE_REJECTED, message=message)
    return None


def _refuse_qualified(named: Token, cursor: Cursor) -> Refusal:
    cursor.accept_symbol(".")
    table = unquote(cursor.accept_name() or "")
    return Refusal(
        token=named,
        code=ProblemCode.QUALIFIED_NAME,
        message=(
            f"write `{table}`, not `{unquote(named.text)}`.`{table}`: "
            "the namespace comes from the directory"
        ),
    )


def _body_offset(tail: Sequence[Token]) -> int | None:
    return next((token.offset for token in tail if token.is_symbol("(")), None)


def _first_opening(run: Sequence[Token], *, before: int | None) -> Token | None:
    openings = (token for token in run if token.kind is Kind.OPENING)
    return next((t for t in openings if before is None or t.offset < before), None)


def _classify_table(
    head: _Head, *, flavor: Flavor, allowed: frozenset[str]
) -> CreateTable | tuple[DefinitionProblem, ...]:
    statement = head.statement
    significant = without_silent(head.rest)
    if not significant or not significant[0].is_symbol("("):
        return (_refuse_without_body(statement, significant).in_file(statement.file),)
    start = head.rest.index(significant[0])
    end = group_end(head.rest, start)
    body, options = head.rest[start:end], head.rest[end:]
    if not body[-1].is_symbol(")"):
        message = "this parenthesis never closes"
        refusal = Refusal(token=body[0], code=ProblemCode.SQL_SYNTAX, message=message)
        return (refusal.in_file(statement.file),)
    elements = read_elements(body[1:-1])
    hints, not_understood = read_hints(statement.beside, statement.tokens, elements)
    refused = find_refused(body, options, flavor=flavor, allowed=allowed)
    problems = _problems([*refused, *not_understood], statement.file)
    if problems:
        return problems
    return CreateTable(
        name=head.name,
        text=_runnable(head),
        source=statement,
        elements=elements,
        hints=hints,
        named_options=named_options(options),
    )


def _refuse_without_body(statement: SourceStatement, following: Sequence[Token]) -> Refusal:
    token = following[0] if following else statement.tokens[-1]
    found = token.text.upper() if following else "nothing"
    return Refusal(
        token=token, message=f"CREATE TABLE must list its columns in parentheses; found {found}"
    )


def _classify_sequence(
    head: _Head, *, flavor: Flavor, allowed: frozenset[str]
) -> CreateSequence | tuple[DefinitionProblem, ...]:
    statement = head.statement
    hints, not_understood = read_hints(statement.beside, statement.tokens, ())
    refused = find_refused_options(head.rest, flavor=flavor, allowed=allowed)
    problems = _problems([*refused, *not_understood], statement.file)
    if problems:
        return problems
    return CreateSequence(name=head.name, text=_runnable(head), source=statement, hints=hints)


def _problems(refusals: Sequence[Refusal], file: str) -> tuple[DefinitionProblem, ...]:
    found = dict.fromkeys(refusal.in_file(file) for refusal in refusals)
    return tuple(found)


def _runnable(head: _Head) -> str:
    text, start = head.statement.text, head.statement.offset
    for token in head.blanked:
        begin, end = token.offset - start, token.end - start
        text = text[:begin] + " " * (end - begin) + text[end:]
    return text
