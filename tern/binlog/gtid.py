"""GTID sets of both vendors: parsed, printed, joined, compared.

A MySQL set holds every transaction by name, so it may have holes: per source (a server's UUID and,
from 8.3 on, a tag) the sorted, disjoint runs of transaction numbers. A MariaDB position holds one
point per domain, and everything before it in that domain is meant too.

*Source*: MySQL manual, GTID format and storage; MariaDB knowledge base, global transaction id.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from struct import Struct
from uuid import UUID

from tern.errors import InvalidLogPosition

Run = tuple[int, int]
"""First and last number of a run of transactions, both inside."""

_TAG = re.compile(r"[a-z_][a-z0-9_]{0,31}")
_RUN = re.compile(r"(\d+)(?:-(\d+))?")
_COUNT = Struct("<Q")
_ENCODED_RUN = Struct("<QQ")
_TAGGED_FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class MysqlGtidSet:
    """A set of MySQL transactions.

    Shape: source is `uuid` or `uuid:tag`, lower case; its runs are sorted, disjoint, not adjacent.
    """

    runs: Mapping[str, tuple[Run, ...]] = field(default_factory=dict)

    @classmethod
    def from_text(cls, text: str) -> "MysqlGtidSet":
        """Read the server's own notation, with or without tags and line breaks.

        Raises:
            InvalidLogPosition: the text is no GTID set.
        """
        found: dict[str, list[Run]] = {}
        for part in filter(None, (part.strip() for part in text.split(","))):
            uuid, *terms = (term.strip() for term in part.split(":"))
            _check(_is_uuid(uuid) and bool(terms), text)
            _read_terms(found, uuid.lower(), terms)
        return cls(runs={source: _merged(runs) for source, runs in found.items()})

    def to_text(self) -> str:
        """Print the set as the server does: sources in order, a UUID once, its tags after it."""
        by_uuid: dict[str, list[str]] = {}
        for source in sorted(self.runs):
            uuid, _, tag = source.partition(":")
            terms = by_uuid.setdefault(uuid, [uuid])
            terms += [tag] if tag else []
            terms += [f"{a}-{b}" if a != b else f"{a}" for a, b in self.runs[source]]
        return ",".join(":".join(terms) for terms in by_uuid.values())

    def with_numbers(self, numbers: Mapping[str, Iterable[int]]) -> "MysqlGtidSet":
        """Return the set joined with single transactions, by source."""
        return self.union(
            MysqlGtidSet(runs={s: _merged((n, n) for n in found) for s, found in numbers.items()})
        )

    def union(self, other: "MysqlGtidSet") -> "MysqlGtidSet":
        """Return the transactions of both."""
        joined = dict(self.runs)
        for source, runs in other.runs.items():
            joined[source] = _merged((*joined.get(source, ()), *runs))
        return MysqlGtidSet(runs=joined)

    def contains(self, other: "MysqlGtidSet") -> bool:
        """Tell whether every transaction of the other set is in this one."""
        return all(
            any(first <= a and b <= last for first, last in self.runs.get(source, ()))
            for source, runs in other.runs.items()
            for a, b in runs
        )

    def encode(self) -> bytes:
        """Return the set as COM_BINLOG_DUMP_GTID carries it: the tagged form only if it has tags.

        Source: `Gtid_set::encode` of MySQL 8.0 (untagged) and 8.3 and later (tagged).
        """
        tagged = any(":" in source for source in self.runs)
        count = len(self.runs)
        head = _TAGGED_FORMAT << 56 | count << 8 | _TAGGED_FORMAT if tagged else count
        return _COUNT.pack(head) + b"".join(
            _encoded_source(source, tagged=tagged) + _encoded_runs(self.runs[source])
            for source in sorted(self.runs)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MariadbGtidSet:
    """The newest transaction of each MariaDB domain, and all that came before it.

    Shape: domain to (server id, sequence number).
    """

    newest: Mapping[int, tuple[int, int]] = field(default_factory=dict)

    @classmethod
    def from_text(cls, text: str) -> "MariadbGtidSet":
        """Read the server's own notation, `domain-server-sequence`, separated by commas.

        Raises:
            InvalidLogPosition: the text is no GTID position.
        """
        newest = {}
        for part in filter(None, (part.strip() for part in text.split(","))):
            numbers = part.split("-")
            _check(len(numbers) == 3 and all(n.isdecimal() for n in numbers), text)  # noqa: PLR2004 domain, server, sequence
            domain, server, sequence = map(int, numbers)
            _check(domain not in newest, text)
            newest[domain] = (server, sequence)
        return cls(newest=newest)

    def to_text(self) -> str:
        """Print the position as the server does, domains in order."""
        return ",".join(f"{domain}-{s}-{n}" for domain, (s, n) in sorted(self.newest.items()))

    def with_newest(self, newest: Mapping[int, tuple[int, int]]) -> "MariadbGtidSet":
        """Return the position after later transactions; the given ones win, whatever their number.

        Without strict mode a domain's numbers may fall; the log's order decides.
        """
        return MariadbGtidSet(newest={**self.newest, **newest})

    def union(self, other: "MariadbGtidSet") -> "MariadbGtidSet":
        """Return the later point of each domain."""
        joined = dict(self.newest)
        for domain, point in other.newest.items():
            joined[domain] = max(joined.get(domain, point), point, key=lambda p: p[1])
        return MariadbGtidSet(newest=joined)

    def contains(self, other: "MariadbGtidSet") -> bool:
        """Tell whether each domain here has come at least as far as in the other."""
        return all(
            domain in self.newest and sequence <= self.newest[domain][1]
            for domain, (_, sequence) in other.newest.items()
        )


GtidSet = MysqlGtidSet | MariadbGtidSet


def _check(readable: bool, text: str) -> None:  # noqa: FBT001 reads as an assertion
    if not readable:
        raise InvalidLogPosition(text=text, reason="it is not a GTID set")


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


def _read_terms(found: dict[str, list[Run]], uuid: str, terms: Iterable[str]) -> None:
    source = uuid
    for term in terms:
        if run := _RUN.fullmatch(term):
            first, last = int(run[1]), int(run[2] or run[1])
            _check(0 < first <= last, term)
            found.setdefault(source, []).append((first, last))
        else:
            _check(_TAG.fullmatch(term.lower()) is not None, term)
            source = f"{uuid}:{term.lower()}"


def _merged(runs: Iterable[Run]) -> tuple[Run, ...]:
    merged: list[Run] = []
    for first, last in sorted(runs):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return tuple(merged)


def _encoded_source(source: str, *, tagged: bool) -> bytes:
    uuid, _, tag = source.partition(":")
    # A tag's length is a variable-length integer whose lowest bit marks one byte.
    return UUID(uuid).bytes + (bytes([len(tag) << 1]) + tag.encode() if tagged else b"")


def _encoded_runs(runs: tuple[Run, ...]) -> bytes:
    return _COUNT.pack(len(runs)) + b"".join(_ENCODED_RUN.pack(a, b + 1) for a, b in runs)
