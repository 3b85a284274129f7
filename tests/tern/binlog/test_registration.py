import pytest

from tern.binlog.gtid import GtidSet, MariadbGtidSet, MysqlGtidSet
from tern.binlog.position import Position
from tern.binlog.registration import (
    ReplicaIdentity,
    dump_command,
    register_command,
    session_statements,
)

REPLICA = ReplicaIdentity(server_id=0x80000001, uuid="u")
UUID = "00000000-0000-0000-0000-00000000000b"


def place(gtids: GtidSet | None = None) -> Position:
    return Position(server="s", file="log.000007", offset=1234, gtids=gtids)


def test_identities_are_each_ones_own() -> None:
    minted = {ReplicaIdentity.mint() for _ in range(50)}
    assert len({replica.server_id for replica in minted}) == 50
    assert all(1 << 31 <= replica.server_id < 1 << 32 for replica in minted)


def test_registration_names_the_engine() -> None:
    expected = b"\x15\x01\0\0\x80\x09schemabot\0\0" + bytes(10)
    assert register_command(REPLICA) == expected


@pytest.mark.parametrize(("is_mariadb", "flags"), [(True, 0), (False, 2)])
def test_dump_by_file_names_file_and_offset(*, is_mariadb: bool, flags: int) -> None:
    command = dump_command(REPLICA, place(), is_mariadb=is_mariadb)
    assert command == b"\x12\xd2\x04\0\0" + bytes([flags, 0]) + b"\x01\0\0\x80log.000007"


def test_dump_by_gtids_of_mysql_carries_the_set_and_no_file() -> None:
    gtids = MysqlGtidSet.from_text(f"{UUID}:1-3")
    known = gtids.encode()
    command = dump_command(REPLICA, place(gtids), is_mariadb=False)
    head = b"\x1e\x02\0\x01\0\0\x80" + bytes(4) + b"\x04" + bytes(7)
    assert command == head + len(known).to_bytes(4, "little") + known


def test_dump_by_gtids_of_mariadb_names_no_file_and_the_session_the_place() -> None:
    start = place(MariadbGtidSet.from_text("0-1-5"))
    assert dump_command(REPLICA, start, is_mariadb=True) == b"\x12\x04" + bytes(5) + b"\x01\0\0\x80"
    statements = dict(session_statements(REPLICA, start, is_mariadb=True))
    assert statements["SET @slave_connect_state = %s"] == ("0-1-5",)
    assert "SET @mariadb_slave_capability = 4" in statements


def test_heartbeats_are_asked_for_every_five_seconds_in_nanoseconds() -> None:
    statements = dict(session_statements(REPLICA, place(), is_mariadb=False))
    heartbeat = "SET @master_heartbeat_period = %s, @source_heartbeat_period = %s"
    assert statements[heartbeat] == (5_000_000_000, 5_000_000_000)
