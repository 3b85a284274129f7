"""Where in the stream of changes somebody is: a log file's offset and, where there are any, GTIDs.

Opaque to everyone above: made by this package, printed, read back and compared, nothing else.
"""

import json
from dataclasses import dataclass, replace

from tern.binlog.gtid import GtidSet, MariadbGtidSet, MysqlGtidSet
from tern.errors import InvalidLogPosition

_GTID_KINDS: tuple[tuple[str, type[MysqlGtidSet] | type[MariadbGtidSet]], ...] = (
    ("mysql", MysqlGtidSet),
    ("mariadb", MariadbGtidSet),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A boundary between two transactions of one server's log.

    Attributes:
        server: What tells this server from others: `server_uuid`, or MariaDB's `server_uid`.
        file: The log file's name on that server; empty until it is known: a stream that is asked
            for by another server's GTIDs has not said yet where it begins.
        offset: Where in the file the next transaction begins.
        gtids: All transactions before this place, or None on a server that names none.
    """

    server: str
    file: str
    offset: int
    gtids: GtidSet | None

    @classmethod
    def from_text(cls, text: str) -> "Position":
        """Read what `to_text` printed.

        Raises:
            InvalidLogPosition: the text is something else.
        """
        try:
            fields = json.loads(text)
            server, file, offset = fields["server"], fields["file"], int(fields["offset"])
            gtids = {kind: fields[kind] for kind, _ in _GTID_KINDS if kind in fields}
        except (ValueError, TypeError, KeyError) as error:
            raise InvalidLogPosition(text=text, reason="it is no saved position") from error
        for kind, read in _GTID_KINDS:
            if kind in gtids:
                known = read.from_text(gtids[kind])
                return cls(server=server, file=file, offset=offset, gtids=known)
        return cls(server=server, file=file, offset=offset, gtids=None)

    def to_text(self) -> str:
        """Print the position so that it can be kept in a text column and read back."""
        fields: dict[str, str | int] = {
            "server": self.server,
            "file": self.file,
            "offset": self.offset,
        }
        for kind, read in _GTID_KINDS:
            if isinstance(self.gtids, read):
                fields[kind] = self.gtids.to_text()
        return json.dumps(fields)

    def describe(self) -> str:
        """Say the place in an operator's words."""
        place = f"{self.file}:{self.offset}"
        return f"{place} ({self.gtids.to_text()})" if self.gtids is not None else place

    def without_gtids(self) -> "Position":
        """Return the same place by file and offset alone."""
        return replace(self, gtids=None)

    def reaches(self, other: "Position") -> bool:
        """Tell whether everything before the other position is before this one too.

        One server's positions compare by file and offset: exact, and blind to GTIDs that were
        declared and never logged. Positions of two servers compare by GTIDs, and so does one whose
        place in the log is not known yet.

        Raises:
            InvalidLogPosition: two servers and no GTIDs on one side, or GTIDs of two vendors.
        """
        if self.server == other.server and self.has_place and other.has_place:
            return self.file_order() >= other.file_order()
        match self.gtids, other.gtids:
            case (MysqlGtidSet() as ours, MysqlGtidSet() as theirs):
                return ours.contains(theirs)
            case (MariadbGtidSet() as ours, MariadbGtidSet() as theirs):
                return ours.contains(theirs)
            case _:
                raise InvalidLogPosition(
                    text=other.describe(), reason=f"it can't be compared with {self.describe()}"
                )

    @property
    def has_place(self) -> bool:
        """Whether a file and an offset tell where it is, not GTIDs alone."""
        return self.file != ""

    def file_order(self) -> tuple[int, int]:
        """Return what sorts the positions of one server: the file's number, then the offset.

        The number is compared as such, for it outgrows its six digits.

        Raises:
            InvalidLogPosition: the file's name has no number.
        """
        number = self.file.rpartition(".")[2]
        if not number.isdecimal():
            raise InvalidLogPosition(text=self.file, reason="the file's name has no number")
        return int(number), self.offset
