"""Packets of the client protocol to the log events inside them, each handed to its handler.

A packet is three bytes of length, a number, and a payload; an event's payload is a zero byte, then
the event. A payload of 16 MiB less one byte goes on in the next packet, so a large event comes in
pieces, of which only the first has the zero byte.
"""

import zlib
from collections.abc import Callable, Sequence
from struct import Struct

from tern.binlog.events import CHECKSUM_BYTES

EventHandler = Callable[[bytes, int, int], None]
"""Takes bytes, an event's start in them, and its end before the checksum."""

_PACKET_AND_HEADER = Struct("<IBIBIIIH")
_PACKET_HEADER_BYTES = 4
_LENGTH = 0xFFFFFF
_OK, _END, _REFUSED = 0x00, 0xFE, 0xFF


class StreamRefused(Exception):
    """The server sent an error, or its farewell, where an event belongs."""

    def __init__(self, payload: bytes) -> None:
        super().__init__(f"packet {payload[:3].hex()}")
        self.payload = payload

    @property
    def is_end(self) -> bool:
        """The server ended the stream without naming an error."""
        return self.payload[0] == _END


class Checksum:
    """Whether events carry a CRC32 now, which a log file's first event decides."""

    __slots__ = ("width",)

    def __init__(self, *, is_on: bool) -> None:
        self.width = CHECKSUM_BYTES if is_on else 0

    def verify(self, data: bytes, start: int, end: int) -> None:
        """Return only if the event's checksum is right, or there is none.

        Raises:
            ValueError: the bytes were damaged on disk or on the way.
        """
        if self.width and zlib.crc32(data[start:end]) != int.from_bytes(
            data[end : end + CHECKSUM_BYTES], "little"
        ):
            message = "the event's checksum is wrong"
            raise ValueError(message)


def bytes_wanted(data: bytes) -> int:
    """Return how long `data`, which begins at a packet, must be to hold that packet."""
    if len(data) < _PACKET_HEADER_BYTES:
        return _PACKET_HEADER_BYTES
    return _PACKET_HEADER_BYTES + int.from_bytes(data[:3], "little")


class Framing:
    """Walks over packets and calls the handler of each event's type.

    Attributes:
        is_held: Set by a handler: `walk` returns behind the present event.
        newest_event: The time in the header of the newest event that has one.
    """

    def __init__(self, handlers: Sequence[EventHandler], checksum: Checksum) -> None:
        self._handlers = handlers
        self._checksum = checksum
        self._pieces: list[bytes] = []
        self.is_held = False
        self.newest_event = 0

    def walk(self, data: bytes, at: int) -> int:
        """Handle all whole packets from here; return where the first that is not whole begins.

        Raises:
            StreamRefused: the server sent an error or its end.
            ValueError: the bytes are no packets with events.
        """
        handlers, checksum, unpack = self._handlers, self._checksum, _PACKET_AND_HEADER.unpack_from
        size, last = len(data), len(data) - _PACKET_AND_HEADER.size
        when, following = 0, at
        while at <= last and not self.is_held:
            framed, status, when, kind, _, length, _, _ = unpack(data, at)
            if status or framed & _LENGTH != length + 1 or self._pieces:
                following = self._walk_irregular(data, at)
            elif (following := at + 5 + length) <= size:
                handlers[kind](data, at + 5, following - checksum.width)
            if not at < following <= size:
                break
            at = following
        self.newest_event = when or self.newest_event
        # Errors and farewells may be shorter than any event.
        return at if at <= last or self.is_held else self._walk_irregular(data, at)

    def _walk_irregular(self, data: bytes, at: int) -> int:
        """Handle a packet that is not just one whole event; return `at` if it is not whole."""
        payload_at = at + _PACKET_HEADER_BYTES
        length = int.from_bytes(data[at : at + 3], "little")
        following = payload_at + length
        if following > len(data) or payload_at > len(data):
            return at
        payload = data[payload_at:following]
        if self._pieces or length == _LENGTH:
            self._take_piece(payload)
        elif payload:
            self._take_short(payload)
        return following

    def _take_piece(self, payload: bytes) -> None:
        self._pieces.append(payload)
        if len(payload) == _LENGTH:
            return
        whole, self._pieces = b"".join(self._pieces), []
        self._take_event(whole)

    def _take_short(self, payload: bytes) -> None:
        if payload[0] in {_END, _REFUSED}:
            raise StreamRefused(payload)
        self._take_event(payload)

    def _take_event(self, payload: bytes) -> None:
        """Handle an event that stands alone in its bytes, behind the packet's zero byte."""
        if payload[0] != _OK or len(payload) != 1 + int.from_bytes(payload[10:14], "little"):
            message = f"a packet of {len(payload)} bytes is not an event"
            raise ValueError(message)
        self._handlers[payload[5]](payload, 1, len(payload) - self._checksum.width)
