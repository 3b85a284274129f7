"""Logs of real servers, decoded without one; and bytes that no server should send."""

import struct
import zlib

import pytest

from tern.binlog.events import EventType
from tern.binlog.gtid import GtidSet, MariadbGtidSet, MysqlGtidSet
from tern.errors import (
    BinlogPurged,
    LogIncident,
    LogUnreadable,
    LogUnsupported,
    MissingPrivilege,
    ServerUnavailable,
)
from tests.tern.binlog.captured import (
    batches_of,
    captured_events,
    decoder_at,
    event,
    follow,
    keys_of,
    packet,
    packets,
    rotate_to,
)

SERVERS = ("mysql", "mariadb")
EMPTY: dict[str, GtidSet] = {"mysql": MysqlGtidSet(), "mariadb": MariadbGtidSet()}


@pytest.mark.parametrize("server", SERVERS)
def test_captured_log_gives_keys_and_statements_in_order(server: str) -> None:
    batches = follow(f"{server}-transactions")
    found = [
        step
        for batch in batches
        for step in (*next(iter(batch.keys.values()), ()), *(s.text for s in batch.statements))
    ]
    assert found == [
        "CREATE TABLE t (k BIGINT NOT NULL PRIMARY KEY, v VARCHAR(50), d DECIMAL(8,2))",
        "CREATE TABLE other LIKE t",
        *((1,), (2,), (-3,)),
        *((2,), (12,), (1,)),
        (4,),
        "ALTER TABLE t COMMENT = 'naïve'",
        (5,),
    ]
    assert {s.schema for batch in batches for s in batch.statements} == {"shop"}
    assert {s.server_id for batch in batches for s in batch.statements} == {7}


@pytest.mark.parametrize("server", SERVERS)
def test_every_batch_begins_where_the_one_before_was_received(server: str) -> None:
    batches = follow(f"{server}-transactions", gtids=EMPTY[server])
    assert [b.before for b in batches[1:]] == [b.received for b in batches[:-1]]
    assert sum(batch.transactions for batch in batches) == 9
    assert batches[-1].received.file.endswith(".000003")


def test_received_gtids_are_those_of_the_log() -> None:
    gtids = follow("mysql-transactions", gtids=MysqlGtidSet())[-1].received.gtids
    assert isinstance(gtids, MysqlGtidSet)
    assert list(gtids.runs.values()) == [((2, 10),)]
    gtids = follow("mariadb-transactions", gtids=MariadbGtidSet())[-1].received.gtids
    assert gtids == MariadbGtidSet(newest={0: (7, 10)})


def test_tagged_gtids_are_received_under_their_tag() -> None:
    gtids = follow("mysql-tagged", gtids=MysqlGtidSet())[-1].received.gtids
    assert isinstance(gtids, MysqlGtidSet)
    # What was there before this file is not in the set: the stream began with nothing.
    by_tag = {source.partition(":")[2]: runs for source, runs in gtids.runs.items()}
    assert by_tag == {"release": ((1, 1),), "": ((11, 11),)}
    assert keys_of(follow("mysql-tagged")) == [(6,), (7,)]


def test_events_compressed_by_mariadb_are_read() -> None:
    batches = follow("mariadb-compressed")
    moved = [(6,), (16,), (7,), (17,), (12,), (22,)]
    assert keys_of(batches) == [(6,), (7,), *moved, (16,)]
    assert [s.text for b in batches for s in b.statements] == [
        "ALTER TABLE t COMMENT='" + "long " * 20 + "'"
    ]


def test_transaction_compressed_with_zstd_needs_its_library() -> None:
    with pytest.raises(LogUnsupported, match="zstd") as refused:
        follow("mysql-zstd")
    assert "binlog_transaction_compression=OFF" in str(refused.value.next_action)


def test_transaction_payload_that_is_not_compressed_is_read() -> None:
    events = captured_events("mysql-tagged")
    first = [event[4] for event in events].index(EventType.GTID_TAGGED)
    inside = b"".join(_without_checksum(event) for event in _transaction_behind(events, first))
    size_and_no_compression = bytes([2, 3, 0xFC, 255, 0, 1, 1, 1, 0])
    payload = _with_checksum(event(40, size_and_no_compression + inside, offset=5000))
    stream = packets(rotate_to("log.000004"), events[0], events[first], payload)
    batches = list(batches_of(decoder_at(), stream))
    assert keys_of(batches) == [(6,)]
    assert batches[-1].received.offset == 5000
    assert batches[-1].transactions == 1


def _transaction_behind(events: list[bytes], gtid: int) -> list[bytes]:
    """The events of a transaction behind its GTID."""
    last = next(i for i, e in enumerate(events) if i > gtid and e[4] == EventType.XID)
    return events[gtid + 1 : last + 1]


def _without_checksum(event: bytes) -> bytes:
    return event[:9] + (len(event) - 4).to_bytes(4, "little") + event[13:-4]


def _with_checksum(event: bytes) -> bytes:
    longer = event[:9] + (len(event) + 4).to_bytes(4, "little") + event[13:]
    return longer + zlib.crc32(longer).to_bytes(4, "little")


@pytest.mark.parametrize("server", SERVERS)
def test_damaged_bytes_of_a_watched_row_are_noticed(server: str) -> None:
    events = captured_events(f"{server}-transactions")
    rows = next(i for i, e in enumerate(events) if e[4] in {23, 30})
    damaged = bytearray(events[rows])
    damaged[-8] ^= 1
    stream = packets(rotate_to("log.000002"), *events[:rows], bytes(damaged))
    with pytest.raises(LogUnreadable, match="checksum is wrong") as unreadable:
        list(batches_of(decoder_at(), stream))
    assert "log.000002:" in str(unreadable.value)


def test_row_event_of_a_table_that_was_not_introduced_is_unreadable() -> None:
    with pytest.raises(LogUnreadable):
        decoder_at().decode(packet(event(30, b"\x01\0\0\0\0\0\0\0\x02\0")))


def test_dummy_row_event_that_ends_a_statement_is_passed_over() -> None:
    data = packet(event(30, b"\xff" * 6 + b"\x01\0\x02\0"))
    assert decoder_at().decode(data) == len(data)


def test_unknown_event_is_refused_unless_it_may_be_ignored() -> None:
    with pytest.raises(LogUnreadable, match="event type 99 is unknown"):
        decoder_at().decode(packet(event(99, b"")))
    data = packet(event(99, b"", flags=0x80))
    assert decoder_at().decode(data) == len(data)


def test_incident_is_a_loss_of_changes() -> None:
    with pytest.raises(LogIncident, match="disk was full"):
        decoder_at().decode(packet(event(26, b"\x01\0\x0ddisk was full")))


def test_partial_json_of_a_watched_table_is_refused_and_of_others_dropped() -> None:
    events = captured_events("mysql-transactions")
    known = next(i for i, e in enumerate(events) if e[4] == 19)
    table_id = events[known][19:25]
    partial = _with_checksum(event(39, table_id + b"\0\0\x02\0"))
    other = partial[:19] + b"\xff" * 6 + partial[25:]
    stream = packets(rotate_to("log.000002"), *events[: known + 1], other)
    decoder = decoder_at()
    list(batches_of(decoder, stream))
    with pytest.raises(LogUnsupported, match="JSON logged as differences"):
        decoder.decode(packet(partial))


@pytest.mark.parametrize(
    ("number", "text", "leaf"),
    [
        (1236, "Could not find first log file name in binary log index file", BinlogPurged),
        (1236, "... the source has purged binary logs containing GTIDs ...", BinlogPurged),
        (1236, "Could not find GTID state requested by slave in any binlog files", BinlogPurged),
        (1236, "A replica with the same server_uuid/server_id as this", ServerUnavailable),
        (1236, "log event entry exceeded max_allowed_packet", LogUnreadable),
        (1227, "Access denied; you need REPLICATION SLAVE", MissingPrivilege),
        (1317, "Query execution was interrupted", ServerUnavailable),
    ],
)
def test_servers_refusal_becomes_a_leaf(number: int, text: str, leaf: type[Exception]) -> None:
    payload = b"\xff" + number.to_bytes(2, "little") + b"#HY000" + text.encode()
    data = len(payload).to_bytes(3, "little") + b"\x05" + payload
    with pytest.raises(leaf):
        decoder_at().decode(data)


def test_servers_farewell_is_a_lost_server() -> None:
    with pytest.raises(ServerUnavailable, match="ended the stream"):
        decoder_at().decode(b"\x05\0\0\x01\xfe\0\0\x02\0")


def test_text_inside_a_transaction_does_not_end_it() -> None:
    def query(text: bytes, offset: int) -> bytes:
        return event(2, bytes(8) + b"\x04" + bytes(4) + b"shop\0" + text, offset=offset)

    group = event(162, (5).to_bytes(8, "little") + bytes(4) + b"\0" + bytes(6), offset=100)
    alone = event(162, (6).to_bytes(8, "little") + bytes(4) + b"\x01" + bytes(6), offset=500)
    decoder = decoder_at()
    stream = packets(
        rotate_to("log.000001"),
        group,
        query(b"INSERT INTO t VALUES (1)", 200),
        query(b"COMMIT", 300),
        alone,
        query(b"DROP TABLE t", 600),
    )
    first, second = batches_of(decoder, stream)
    assert [s.text for s in first.statements] == ["INSERT INTO t VALUES (1)"]
    assert (first.transactions, first.received.offset) == (0, 4)
    assert [s.text for s in second.statements] == ["DROP TABLE t"]
    assert (second.transactions, second.received.offset) == (2, 600)


def test_heartbeats_move_the_place_between_transactions_only() -> None:
    begin = event(33, b"\x01" + b"u" * 16 + struct.pack("<q", 5) + bytes(20))
    end = event(16, bytes(8), offset=900)
    decoder = decoder_at()
    steps = [
        (rotate_to("log.000001"), 4),
        (event(27, b"log.000001", offset=500), 500),
        (begin, 500),
        (event(27, b"log.000001", offset=700), 500),
        (end, 900),
        (event(41, b"\x01\x0alog.000001\x02\x03\xfc\xe8\x03\x00"), 1000),
        (event(27, b"log.000009", offset=5000), 1000),
    ]
    for step, offset in steps:
        decoder.decode(packet(step))
        assert decoder.take_batch().received.offset == offset
