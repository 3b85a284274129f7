"""What is assigned to a column, and when a change of clocks is spelled out."""

from tern.engine.online.conversion import copied_value, is_convertible
from tests.tern.engine.online.test_losses import pair

THERE = "CONVERT_TZ(`v`, '+05:30', '+00:00')"


def test_a_value_is_copied_as_it_is() -> None:
    for before, after in [("int", "bigint"), ("timestamp", "timestamp(6)"), ("date", "datetime")]:
        assert copied_value(pair(before, after), zone="+05:30") == "`v`"


def test_nothing_is_converted_where_the_server_is_in_utc() -> None:
    assert copied_value(pair("timestamp", "datetime"), zone="") == "`v`"


def test_a_timestamp_becomes_the_time_on_the_servers_clock() -> None:
    assert copied_value(pair("timestamp", "datetime"), zone="+05:30") == (
        "IF(`v` IS NULL OR `v` = 0, `v`, CONVERT_TZ(`v`, '+00:00', '+05:30'))"
    )


def test_a_time_that_does_not_come_back_is_left_to_the_server_to_refuse() -> None:
    assert copied_value(pair("datetime", "timestamp"), zone="+05:30") == (
        f"IF(`v` IS NULL OR `v` = 0, `v`, IF(CONVERT_TZ({THERE}, '+00:00', '+05:30') = `v`, "
        f"{THERE}, CAST('9999-12-31' AS DATETIME)))"
    )


def test_text_is_not_read_in_another_zone() -> None:
    assert not is_convertible(pair("varchar(30)", "timestamp"))
    assert is_convertible(pair("timestamp", "varchar(30)"))
    assert is_convertible(pair("date", "timestamp"))
