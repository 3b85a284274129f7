"""A place in a run of bytes that moves on as values are read: for everything off the hot path."""

_WIDTH_AFTER = {0xFC: 2, 0xFD: 3, 0xFE: 8}
_LONGEST = 8


class Cursor:
    """Reads little-endian values one after the other.

    Raises:
        IndexError: from every method, when the bytes end before the value does.
    """

    __slots__ = ("_at", "_bytes")

    def __init__(self, source: bytes, at: int = 0) -> None:
        self._bytes = source
        self._at = at

    @property
    def remaining(self) -> int:
        """How many bytes are left."""
        return len(self._bytes) - self._at

    def take(self, length: int) -> bytes:
        """Return the next bytes."""
        if length > self.remaining:
            message = f"{length} bytes wanted, {self.remaining} left"
            raise IndexError(message)
        self._at += length
        return self._bytes[self._at - length : self._at]

    def rest(self) -> bytes:
        """Return all that is left."""
        return self.take(self.remaining)

    def unsigned(self, width: int) -> int:
        """Return an unsigned integer of so many bytes."""
        return int.from_bytes(self.take(width), "little")

    def packed(self) -> int:
        """Return a length-encoded integer of the client protocol."""
        first = self.unsigned(1)
        width = _WIDTH_AFTER.get(first)
        return first if width is None else self.unsigned(width)

    def varlen(self) -> int:
        """Return an unsigned integer of MySQL's serialization library, 1 to 9 bytes.

        The ones at the low end of the first byte count the bytes that follow.
        Source: variable-length integers in the documentation of `mysql::serialization`, 8.3.
        """
        first = self.unsigned(1)
        following = 0
        while following < _LONGEST and first >> following & 1:
            following += 1
        rest = self.unsigned(following) << 8
        return (first | rest) >> min(following + 1, _LONGEST)

    def text(self, length: int) -> str:
        """Return an identifier: the server writes them as UTF-8."""
        return self.take(length).decode()
