"""Whether a file says just what the server prints already; pure and quick (P-14, first tier)."""

from collections.abc import Iterable, Iterator
from itertools import zip_longest

from tern.ddl.lexer import Kind, Token, tokens
from tern.ddl.statements import Definition
from tern.mysql.introspect import without_counter

_COUNTER_TOKENS = 3  # AUTO_INCREMENT, =, n


def says_the_same(definition: Definition, live_text: str) -> bool:
    """Whether both have the same tokens; comments and the counter don't count.

    Most files that differ do so at their first token, so both sides are read step by step.
    """
    if definition.text == without_counter(live_text):
        return True
    pairs = zip_longest(_counted(definition.source.tokens), _counted(tokens(live_text)))
    return all(mine == other for mine, other in pairs)


def _counted(read: Iterable[Token]) -> Iterator[str]:
    """Tokens that matter, without `AUTO_INCREMENT = n`."""
    waiting: list[Token] = []
    for token in read:
        if token.kind is Kind.COMMENT:
            continue
        waiting.append(token)
        if not _begins_counter(waiting):
            yield from (one.text for one in waiting)
            waiting = []
        elif len(waiting) == _COUNTER_TOKENS:
            waiting = []
    yield from (one.text for one in waiting)


def _begins_counter(waiting: list[Token]) -> bool:
    return waiting[0].is_word("AUTO_INCREMENT") and all(
        token.is_symbol("=") for token in waiting[1:2]
    )
