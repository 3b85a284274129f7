from tern.binlog.gtid import GtidSet, MariadbGtidSet, MysqlGtidSet
from tern.binlog.log_progress import LogProgress
from tern.binlog.position import Position

SOURCE = bytes(15) + b"\x01"
UUID = "00000000-0000-0000-0000-000000000001"


def progress(
    file: str = "log.000003", offset: int = 500, gtids: GtidSet | None = None
) -> LogProgress:
    return LogProgress(Position(server="s", file=file, offset=offset, gtids=gtids))


def place(of: LogProgress) -> tuple[str, int]:
    return of.position().file, of.position().offset


def test_place_stays_before_a_transaction_until_it_ends() -> None:
    log = progress()
    log.rotate("log.000003", 500)
    log.begin()
    log.pass_event(700)
    assert place(log) == ("log.000003", 500)
    log.end(800, 0)
    assert place(log) == ("log.000003", 800)
    log.pass_event(850)
    assert place(log) == ("log.000003", 850)


def test_stream_sent_from_an_earlier_file_does_not_take_the_place_back() -> None:
    log = progress(gtids=MysqlGtidSet())
    log.rotate("log.000002", 4)
    log.pass_event(9000)
    assert place(log) == ("log.000003", 500)
    log.rotate("log.000003", 4)
    log.pass_event(120)
    assert place(log) == ("log.000003", 500)
    log.pass_event(600)
    assert place(log) == ("log.000003", 600)
    log.rotate("log.000004", 4)
    assert place(log) == ("log.000004", 4)


def test_place_unknown_at_the_start_is_where_the_stream_begins() -> None:
    log = progress(file="", offset=0)
    log.rotate("other.000001", 4)
    assert place(log) == ("other.000001", 4)


def test_offset_beyond_32_bits_is_not_believed_until_the_next_file() -> None:
    log = progress()
    log.rotate("log.000003", 500)
    log.begin()
    log.end(9_000, (1 << 32) + 8_000)
    assert place(log) == ("log.000003", 500)
    log.pass_event(9_100)
    assert place(log) == ("log.000003", 500)
    log.rotate("log.000004", 4)
    assert place(log) == ("log.000004", 4)


def test_gtid_counts_once_its_transaction_has_ended() -> None:
    log = progress(gtids=MysqlGtidSet.from_text(f"{UUID}:1-4"))
    log.begin_mysql(SOURCE, 5)
    assert log.position().gtids == MysqlGtidSet.from_text(f"{UUID}:1-4")
    log.end(600, 0)
    log.begin_mysql(f"{UUID}:tag", 1)
    log.end(700, 0)
    assert log.position().gtids == MysqlGtidSet.from_text(f"{UUID}:1-5:tag:1")


def test_domains_of_mariadb_move_by_themselves() -> None:
    log = progress(gtids=MariadbGtidSet.from_text("0-1-4"))
    log.begin_mariadb(0, 1, 5)
    log.end(600, 0)
    log.begin_mariadb(2, 9, 1)
    log.end(700, 0)
    log.begin_mariadb(0, 1, 6)
    assert log.position().gtids == MariadbGtidSet.from_text("0-1-5,2-9-1")


def test_gtids_are_not_followed_where_the_start_had_none() -> None:
    log = progress()
    log.begin_mysql(SOURCE, 5)
    log.end(600, 0)
    assert log.position().gtids is None
