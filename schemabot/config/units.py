"""Durations, sizes, names and addresses as configuration writes them."""

import ipaddress
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, PlainSerializer

_DURATION = re.compile(r"(\d{1,9})(ms|s|m|h|d)")
_DURATION_UNITS = {
    "ms": timedelta(milliseconds=1),
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}
_LONGEST = timedelta(days=36_500)
_SIZE = re.compile(r"(\d{1,12})(B|KiB|MiB|GiB|TiB)")
_SIZE_UNITS = {"B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_$-]{0,63}")
_LISTEN = re.compile(r"(?:\[(?P<v6>[0-9a-fA-F:.]+)\]|(?P<host>[^\[\]:/\s]+)):(?P<port>\d{1,5})")
_MAX_PORT = 65_535


def parse_duration(text: object) -> timedelta:
    """`500ms`, `30s`, `10m`, `24h`, `7d`: one number, one unit."""
    match = _DURATION.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise ValueError("write a duration as a number and a unit: 500ms, 30s, 10m, 24h or 7d")
    number, unit = int(match[1]), _DURATION_UNITS[match[2]]
    if number > _LONGEST / unit:
        raise ValueError("this is longer than 100 years")
    return number * unit


def parse_size(text: object) -> int:
    """`512B`, `64KiB`, `32MiB`, `2GiB`, as bytes."""
    match = _SIZE.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise ValueError("write a size as a number and a unit: 512B, 64KiB, 32MiB or 2GiB")
    return int(match[1]) * _SIZE_UNITS[match[2]]


def parse_name(text: str) -> str:
    """A database's, environment's or other object's name (A-5)."""
    if _NAME.fullmatch(text) is None:
        raise ValueError(
            "a name is 1 to 64 letters, digits, `_`, `$` or `-`, and begins with a letter, "
            "a digit or `_`"
        )
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenAddress:
    """Where a server listens; port 0 lets the system choose."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can connect."""
        return is_loopback_host(self.host)


def is_loopback_host(host: str) -> bool:
    """Whether a host name or address can only mean this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def parse_listen(text: object) -> ListenAddress:
    """`host:port`, `[v6]:port`."""
    match = _LISTEN.fullmatch(text) if isinstance(text, str) else None
    if match is None or int(match["port"]) > _MAX_PORT:
        raise ValueError("write host:port, for example 127.0.0.1:13370 or [::1]:13370")
    return ListenAddress(host=match["v6"] or match["host"], port=int(match["port"]))


def parse_numeric_listen(text: object) -> ListenAddress:
    """`host:port` with a numeric host: it is sent to often, and never looked up."""
    address = parse_listen(text)
    try:
        ipaddress.ip_address(address.host)
    except ValueError:
        raise ValueError("write a numeric address, for example 10.0.0.5:7000") from None
    return address


def _written(duration: timedelta) -> str:
    milliseconds = duration // timedelta(milliseconds=1)
    for unit, length in reversed(_DURATION_UNITS.items()):
        size = length // timedelta(milliseconds=1)
        if milliseconds % size == 0 and milliseconds >= size:
            return f"{milliseconds // size}{unit}"
    return f"{milliseconds}ms"


Duration = Annotated[timedelta, BeforeValidator(parse_duration), PlainSerializer(_written)]
ByteSize = Annotated[int, BeforeValidator(parse_size)]
Name = Annotated[str, AfterValidator(parse_name)]
NumericListen = Annotated[
    ListenAddress, BeforeValidator(parse_numeric_listen), PlainSerializer(str)
]
Listen = Annotated[ListenAddress, BeforeValidator(parse_listen), PlainSerializer(str)]
