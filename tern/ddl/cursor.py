"""A place in a run of tokens, with the few moves that reading definitions needs."""

from collections.abc import Sequence

from tern.ddl.identifiers import fold
from tern.ddl.lexer import Kind, Token

_SILENT = frozenset({Kind.COMMENT, Kind.OPENING, Kind.CLOSING})


class Cursor:
    """Reads significant tokens from left to right; every question is safe at the end."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._index = 0

    @property
    def current(self) -> Token | None:
        """The token that would be taken next; None at the end."""
        return self._tokens[self._index] if self._index < len(self._tokens) else None

    @property
    def rest(self) -> Sequence[Token]:
        """All tokens not yet taken; a copy, so not for use token by token."""
        return self._tokens[self._index :]

    def ahead(self, count: int) -> Sequence[Token]:
        """The next tokens, as many as there are up to this count."""
        return self._tokens[self._index : self._index + count]

    def take(self) -> Token:
        """The current token, and step over it. There must be one."""
        token = self._tokens[self._index]
        self._index += 1
        return token

    def at_words(self, *words: str) -> bool:
        """Whether exactly these words come next, outside quotes."""
        current = self.current
        if current is None or not current.is_word(words[0]):
            return False
        following = self.ahead(len(words))
        return len(following) == len(words) and all(
            token.is_word(word) for token, word in zip(following, words, strict=True)
        )

    def accept_words(self, *words: str) -> bool:
        """Step over these words if they come next."""
        if not self.at_words(*words):
            return False
        self._index += len(words)
        return True

    def at_symbol(self, symbol: str) -> bool:
        """Whether this symbol comes next."""
        return self.current is not None and self.current.is_symbol(symbol)

    def accept_symbol(self, symbol: str) -> bool:
        """Step over this symbol if it comes next."""
        if not self.at_symbol(symbol):
            return False
        self._index += 1
        return True

    def accept_name(self) -> str | None:
        """Step over a name, quoted or not, and give it as written; None if none comes next."""
        if self.current is None or self.current.kind not in {Kind.NAME, Kind.WORD}:
            return None
        return self.take().text

    def accept_group(self) -> tuple[Token, ...]:
        """Step over a parenthesis and all it encloses; empty if none comes next.

        Shape: both parentheses included; the last is missing where it is never closed.
        """
        if not self.at_symbol("("):
            return ()
        end = group_end(self._tokens, self._index)
        group = tuple(self._tokens[self._index : end])
        self._index = end
        return group


def group_end(tokens: Sequence[Token], start: int) -> int:
    """The index behind the parenthesis that closes the one at `start`; the end if none does."""
    depth = 0
    for index in range(start, len(tokens)):
        token = tokens[index]
        if token.kind is Kind.SYMBOL:
            depth += {"(": 1, ")": -1}.get(token.text, 0)
            if depth == 0:
                return index + 1
    return len(tokens)


def split_at_commas(tokens: Sequence[Token]) -> tuple[tuple[Token, ...], ...]:
    """The runs between commas that stand in no parenthesis; no tokens give no run."""
    runs: list[list[Token]] = [[]] if tokens else []
    depth = 0
    for token in tokens:
        if token.kind is Kind.SYMBOL:
            depth += {"(": 1, ")": -1}.get(token.text, 0)
            if depth == 0 and token.text == ",":
                runs.append([])
                continue
        runs[-1].append(token)
    return tuple(tuple(run) for run in runs)


def without_silent(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """The tokens that a server acts on, executable comments as if they ran."""
    return tuple([token for token in tokens if token.kind not in _SILENT])


def joined(tokens: Sequence[Token]) -> str:
    """One text for all that differ only in spacing, or in the case of quoted names.

    What stands beside a dot is left alone: a table's or schema's name may be told apart by case.
    """
    texts: list[str] = []
    for index, token in enumerate(tokens):
        near = [*tokens[max(index - 1, 0) : index], *tokens[index + 1 : index + 2]]
        is_folded = token.kind is Kind.NAME and not any(other.is_symbol(".") for other in near)
        texts.append(fold(token.text) if is_folded else token.text)
    return " ".join(texts)
