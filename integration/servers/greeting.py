"""Does a server answer? It greets whoever connects, so no account and no driver is needed.

Source: MySQL client/server protocol, HandshakeV10: 3 bytes length, 1 byte sequence number, then the
protocol number 10 and the server's version, ended by a zero byte.
"""

import socket
from pathlib import Path

HEADER_BYTES = 4
PROTOCOL = 10
PATIENCE_SECONDS = 5.0


def greeted_version(path: Path) -> str | None:
    """The version that the server at this Unix socket greets with; None when none does."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(PATIENCE_SECONDS)
        try:
            connection.connect(str(path))
            greeting = connection.recv(256)
        except OSError:
            return None
    return version_in(greeting)


def version_in(greeting: bytes) -> str | None:
    """The version in the first packet of a server; None when the packet is no greeting."""
    packet = greeting[HEADER_BYTES:]
    if not packet or packet[0] != PROTOCOL or b"\0" not in packet:
        return None
    return packet[1 : packet.index(b"\0")].decode("ascii", errors="replace")
