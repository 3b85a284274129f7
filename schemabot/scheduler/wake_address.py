"""Where a process is woken: what it listens on, what it announces, who can be reached (Q-33).

Unless it is told otherwise, a process listens on the address from which it reaches the storage's
server: its peers reach that server too, so most likely they reach this address. With storage on
the same machine that is loopback, and nothing is opened to the network.
"""

import ipaddress
import socket
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal, Self

import structlog

from schemabot.domain.worker import WorkerReport

_log = structlog.stdlib.get_logger(__name__)

_SCHEME = "udp://"
_WAKE = b"wake"
_LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class WakeAddress:
    """A numeric host and a UDP port; port 0 is any free one, or the one that is listened on."""

    host: str
    port: int = 0

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{_SCHEME}{host}:{self.port}"

    @classmethod
    def read(cls, text: str) -> Self | None:
        """As it stands in the registry; None when it is reached in another way."""
        host, _, port = text.removeprefix(_SCHEME).rpartition(":")
        if not text.startswith(_SCHEME) or not host or not port.isdigit():
            return None
        return cls(host=host.strip("[]"), port=int(port))

    @property
    def is_wildcard(self) -> bool:
        """Whether it stands for every address of this machine."""
        return ipaddress.ip_address(self.host).is_unspecified

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine reaches it."""
        return ipaddress.ip_address(self.host).is_loopback

    @property
    def family(self) -> Literal[socket.AddressFamily.AF_INET, socket.AddressFamily.AF_INET6]:
        """Of the sockets that reach it."""
        return socket.AF_INET6 if ":" in self.host else socket.AF_INET


def own_host(server: tuple[str, int] | None) -> str:
    """The address of this machine from which it reaches a server; loopback when there is none.

    Looks a name up, and sends nothing.
    """
    if server is None:
        return _LOOPBACK
    with suppress(OSError):
        for family, kind, _, _, address in socket.getaddrinfo(*server, type=socket.SOCK_DGRAM):
            with suppress(OSError), socket.socket(family, kind) as probe:
                probe.connect(address)
                return str(probe.getsockname()[0])
    return _LOOPBACK


def reachable(reports: Iterable[WorkerReport], *, from_host: str) -> Sequence[WakeAddress]:
    """Those processes that can be told: a loopback address means its own machine only."""
    found = (
        (report.host, WakeAddress.read(report.wake_address))
        for report in reports
        if report.wake_address is not None
    )
    return [
        address
        for host, address in found
        if address is not None and (host == from_host or not address.is_loopback)
    ]


class Nudger:
    """Sends wakes to any address of either family; never blocks. Close it after use."""

    def __init__(self) -> None:
        self._sockets: dict[int, socket.socket] = {}

    def nudge(self, address: WakeAddress) -> None:
        """One datagram; one that can't be sent is lost, as any may be."""
        try:
            self._socket_for(address).sendto(_WAKE, (address.host, address.port))
        except OSError as error:
            _log.debug("wake.unsent", address=str(address), error=error)

    def close(self) -> None:
        """Nothing is sent any more."""
        for each in self._sockets.values():
            each.close()
        self._sockets.clear()

    def _socket_for(self, address: WakeAddress) -> socket.socket:
        found = self._sockets.get(address.family)
        if found is None:
            found = self._sockets[address.family] = socket.socket(address.family, socket.SOCK_DGRAM)
            found.setblocking(False)  # noqa: FBT003 (the library's own form)
        return found
