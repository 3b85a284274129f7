"""Log files that servers wrote, as the packets a stream would bring them in."""

from collections.abc import Iterator
from pathlib import Path

from tern.binlog.batch import Batch
from tern.binlog.decoder import FeedDecoder, Source
from tern.binlog.gtid import GtidSet
from tern.binlog.position import Position
from tern.binlog.watched_table import Key, KeyColumn, KeyKind, TableName, WatchedTable

CAPTURES = Path(__file__).parent / "captures"
MAGIC_BYTES = 4
TABLE = TableName("shop", "t")
WATCHED = WatchedTable(table=TABLE, key=(KeyColumn(ordinal=0, kind=KeyKind.SIGNED),))


def captured_events(name: str) -> list[bytes]:
    """The events of a file, with their checksums."""
    log = (CAPTURES / f"{name}.binlog").read_bytes()
    events, at = [], MAGIC_BYTES
    while at < len(log):
        length = int.from_bytes(log[at + 9 : at + 13], "little")
        events.append(log[at : at + length])
        at += length
    return events


def packet(event: bytes, number: int = 0) -> bytes:
    """An event as one packet."""
    return (len(event) + 1).to_bytes(3, "little") + bytes([number & 0xFF, 0]) + event


def event(kind: int, body: bytes, *, offset: int = 0, flags: int = 0) -> bytes:
    """An event made by hand, without a checksum."""
    length = (19 + len(body)).to_bytes(4, "little")
    header = bytes(4) + bytes([kind]) + (7).to_bytes(4, "little") + length
    return header + offset.to_bytes(4, "little") + flags.to_bytes(2, "little") + body


def rotate_to(file: str, offset: int = 4) -> bytes:
    """The event with which a stream says in which file it is; no checksum."""
    return event(4, offset.to_bytes(8, "little") + file.encode(), flags=0x20)


def decoder_at(
    *,
    gtids: GtidSet | None = None,
    has_checksum: bool = False,
    watched: WatchedTable = WATCHED,
) -> FeedDecoder:
    """A decoder that knows no place yet."""
    start = Position(server="here", file="", offset=0, gtids=gtids)
    source = Source(place="db:3306", account="feed", start=start, has_checksum=has_checksum)
    return FeedDecoder(source, [watched])


def packets(*events: bytes) -> bytes:
    """Events as a stream of packets."""
    return b"".join(packet(event, number) for number, event in enumerate(events))


def batches_of(decoder: FeedDecoder, data: bytes) -> Iterator[Batch]:
    """Everything in the bytes, batch by batch; none of it may be left over."""
    at = 0
    while at < len(data):
        stopped = decoder.decode(data, at)
        assert stopped > at, f"{len(data) - at} bytes are no whole packet"
        at = stopped
        yield decoder.take_batch()


def follow(name: str, *, gtids: GtidSet | None = None) -> list[Batch]:
    """A whole file's batches."""
    stream = packets(rotate_to("log.000002"), *captured_events(name))
    return list(batches_of(decoder_at(gtids=gtids), stream))


def keys_of(batches: list[Batch]) -> list[Key]:
    """All keys of the watched table."""
    return [key for batch in batches for key in batch.keys.get(TABLE, ())]
