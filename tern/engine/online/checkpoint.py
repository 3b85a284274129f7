"""One row on the target that says how far a change has come; every write shows the epoch (E-55).

The row is the truth after any crash. A range counts only after its commit, and a position only when
every key before it is written, so what the row says never exceeds what the shadow holds.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace

from tern.binlog.watched_table import Key, KeyValue, TableName
from tern.ddl.identifiers import qualified
from tern.engine.fence.claimant import Claimant
from tern.engine.online.errors import NewerFormat
from tern.engine.online.expected import Expected
from tern.engine.online.phases import Phase
from tern.engine.online.shadow_table import Fingerprint
from tern.engine.online.tally import Spent
from tern.engine.online.verified import NOTHING, Verified
from tern.engine.online.watermark import END, START, Bound
from tern.errors import LeaseLost
from tern.mysql.connection import Connection

FORMAT = 1
_BEAT_ROW = 2

log = logging.getLogger(__name__)
_EXISTS = "SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = %s AND TABLE_NAME = %s"


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedTable:
    """One table's part of the row.

    Attributes:
        low: The end of the unbroken copied run.
        verified: What was compared with the shadow; nothing where an older program wrote the row.
        repairs: Rows that were found unlike without a cause and written anew, by all runs (E-42).
        shadow: None until it is made.
        expected: What its change was estimated to cost; None where an older program began it.
    """

    source: Fingerprint
    shadow: Fingerprint | None = None
    low: Bound = START
    verified: Verified = NOTHING
    rows_copied: int = 0
    repairs: int = 0
    expected: Expected | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What the row says.

    Attributes:
        applied: The log position before which everything is in the shadow; as text.
        registered: The names that may be dropped; all of them are derived from the change's id.
        tables: By the source's name.
        generation: Counts fresh starts, from 1.
        zone: See `link.Link`; kept, so that all rows are converted by the same one.
        saved_at: The server's clock when it was written, in Unix seconds.
    """

    change_id: str
    server: str
    started_at: float
    phase: Phase
    applied: str
    generation: int = 1
    registered: tuple[TableName, ...] = ()
    tables: Mapping[str, SavedTable] = field(default_factory=dict)
    attempts: int = 0
    repairs: int = 0
    volume: int | None = None
    spent: Spent = field(default_factory=Spent)
    zone: str = ""
    saved_at: float = 0.0
    format: int = FORMAT


class Checkpoint:
    """The row of one change, written by one claimant over one session at a time."""

    def __init__(self, table: TableName, claimant: Claimant) -> None:
        self._table = table
        self._claimant = claimant
        self._name = qualified(table.schema, table.name)

    @property
    def table(self) -> TableName:
        """Where the row stands."""
        return self._table

    def exists(self, connection: Connection) -> bool:
        """Whether the table is there; its row need not be."""
        return connection.value(_EXISTS, tuple(self._table)) is not None

    def read(self, connection: Connection) -> Saved | None:
        """What the row says; None without a table or a row, or where it makes no sense.

        Raises:
            NewerFormat: a newer program wrote it.
        """
        if not self.exists(connection):
            return None
        text = connection.value(f"SELECT doc FROM {self._name} WHERE id = 1")  # noqa: S608  # our own name
        return None if text is None else self._understood(str(text))

    def create(self, connection: Connection) -> None:
        """The table is there."""
        connection.execute(
            f"CREATE TABLE IF NOT EXISTS {self._name} ("
            "id INT NOT NULL PRIMARY KEY, epoch BIGINT UNSIGNED NOT NULL, "
            "instance BIGINT UNSIGNED NOT NULL, doc LONGTEXT NOT NULL) "
            "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4"
        )

    def take(self, connection: Connection, saved: Saved) -> None:
        """The row is this claimant's, whoever wrote it before, unless that was a newer one.

        Raises:
            LeaseLost: a newer claimant has it; nothing was written.
        """
        fence = (self._claimant.epoch, self._claimant.instance)
        connection.execute(
            f"INSERT IGNORE INTO {self._name} (id, epoch, instance, doc) "  # noqa: S608  # our own name
            "VALUES (1, %s, %s, %s)",
            (*fence, text_of(saved)),
        )
        matched = connection.execute(
            f"UPDATE {self._name} SET epoch = %s, instance = %s, doc = %s "  # noqa: S608  # our own name
            "WHERE id = 1 AND (epoch < %s OR (epoch = %s AND instance <= %s))",
            (*fence, text_of(saved), fence[0], *fence),
        )
        self._check(matched)

    def write(self, connection: Connection, saved: Saved) -> None:
        """The row says this.

        Raises:
            LeaseLost: the row is not this claimant's any more; nothing was written.
        """
        now = float(connection.value("SELECT UNIX_TIMESTAMP(NOW(6))"))
        matched = connection.execute(
            f"UPDATE {self._name} SET doc = %s WHERE id = 1 AND epoch = %s AND instance = %s",  # noqa: S608  # our own name
            (text_of(replace(saved, saved_at=now)), self._claimant.epoch, self._claimant.instance),
        )
        self._check(matched)

    def beat(self, connection: Connection, number: int) -> None:
        """Leave a numbered mark beside the row, for replicas to show how far they are.

        Raises:
            LeaseLost: a newer claimant has left one; nothing was written.
        """
        fence = (self._claimant.epoch, self._claimant.instance)
        update = (
            f"UPDATE {self._name} SET epoch = %s, instance = %s, doc = %s WHERE id = {_BEAT_ROW:d} "  # noqa: S608  # our own name
            "AND (epoch < %s OR (epoch = %s AND instance <= %s))"
        )
        values = (*fence, str(number), fence[0], *fence)
        if connection.execute(update, values):
            return
        connection.execute(
            f"INSERT IGNORE INTO {self._name} (id, epoch, instance, doc) "  # noqa: S608  # our own name
            f"VALUES ({_BEAT_ROW:d}, %s, %s, '0')",
            fence,
        )
        self._check(connection.execute(update, values))

    def seen_beat(self, connection: Connection) -> int | None:
        """The number of this claimant's newest mark on a server; None where that has no table.

        0 where the table is there and its mark, if any, is another claimant's.
        """
        if not self.exists(connection):
            return None
        doc = connection.value(
            f"SELECT doc FROM {self._name} "  # noqa: S608  # our own name
            f"WHERE id = {_BEAT_ROW:d} AND epoch = %s AND instance = %s",
            (self._claimant.epoch, self._claimant.instance),
        )
        return int(doc or 0)

    def _understood(self, text: str) -> Saved | None:
        try:
            found = format_of(text)
            if found <= FORMAT:
                return saved_from(text)
        except (ValueError, LookupError, TypeError, AttributeError, AssertionError) as error:
            # Whatever is in there, nothing can be gone on with.
            log.warning("%s can't be read: %r", self._name, error)
            return None
        raise NewerFormat(table=str(self._table), found=found, known=FORMAT)

    def _check(self, matched: int) -> None:
        if matched == 0:
            raise LeaseLost(subject=self._claimant.apply_id, reason="another run took it over")


def text_of(saved: Saved) -> str:
    """The row's text."""
    document = asdict(saved)
    for name, table in saved.tables.items():
        document["tables"][name]["low"] = _bound_document(table.low)
        document["tables"][name]["verified"] = _verified_document(table.verified)
    return json.dumps(document)


def format_of(text: str) -> int:
    """The format in which a row's text was written."""
    return int(json.loads(text)["format"])


def saved_from(text: str) -> Saved:
    """What `text_of` printed."""
    document = json.loads(text)
    document["phase"] = Phase(document["phase"])
    document["registered"] = tuple(TableName(*pair) for pair in document["registered"])
    document["tables"] = {name: _table(each) for name, each in document["tables"].items()}
    document["spent"] = Spent(**document.get("spent", {}))
    return Saved(**document)


def _table(document: dict[str, object]) -> SavedTable:
    shadow = document["shadow"]
    return SavedTable(
        source=_fingerprint(document["source"]),
        shadow=None if shadow is None else _fingerprint(shadow),
        low=_bound(document["low"]),
        verified=_verified(document.get("verified")),
        rows_copied=int(str(document["rows_copied"])),
        repairs=int(str(document.get("repairs", 0))),
        expected=_expected(document.get("expected")),
    )


def _expected(document: object) -> Expected | None:
    return Expected(**document) if isinstance(document, dict) else None


def _fingerprint(document: object) -> Fingerprint:
    assert isinstance(document, dict)  # noqa: S101  # narrows what JSON gave
    return Fingerprint(text=document["text"], ids=tuple(document["ids"]))


def _bound_document(bound: Bound) -> object:
    if bound.key is None:
        return "end" if bound.is_end else "start"
    return _key_document(bound.key)


def _bound(document: object) -> Bound:
    if isinstance(document, list):
        return Bound(key=_key(document))
    return END if document == "end" else START


def _verified_document(verified: Verified) -> object:
    return {
        "bound": _bound_document(verified.bound),
        "doubts": [_key_document(key) for key in verified.doubts],
        "rows": verified.rows,
    }


def _verified(document: object) -> Verified:
    if not isinstance(document, dict):
        return NOTHING
    return Verified(
        bound=_bound(document["bound"]),
        doubts=tuple(_key(each) for each in document["doubts"]),
        rows=int(document["rows"]),
    )


def _key_document(key: Key) -> object:
    return [_value_document(value) for value in key]


def _key(document: list[object]) -> Key:
    return tuple(_value(each) for each in document)


def _value_document(value: KeyValue) -> object:
    return {"hex": value.hex()} if isinstance(value, bytes) else value


def _value(document: object) -> KeyValue:
    if isinstance(document, dict):
        return bytes.fromhex(document["hex"])
    return document if isinstance(document, int) else str(document)
