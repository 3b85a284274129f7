"""A target's address: what is understood, and that nothing secret is ever repeated."""

import pytest

from tern.errors import InvalidDsn
from tern.mysql.connect import ConnectParams, Tls, TlsMode
from tern.mysql.dsn import parse_dsn


def test_all_parts_are_read_and_percent_decoded() -> None:
    params = parse_dsn("mysql://sch%40ma:p%3Ass%2F%23@db.example:3307/shop%2D1?ssl_mode=required")
    assert params == ConnectParams(
        user="sch@ma",
        password="p:ss/#",
        host="db.example",
        port=3307,
        schema="shop-1",
        tls=Tls(mode=TlsMode.REQUIRED),
    )


def test_port_schema_and_password_may_be_left_out() -> None:
    params = parse_dsn("mariadb://root@localhost")
    assert (params.port, params.schema, params.password) == (3306, None, "")


def test_a_unix_socket_needs_no_host() -> None:
    params = parse_dsn("mysql://root@/shop?unix_socket=/run/mysqld/mysqld.sock")
    assert params.unix_socket == "/run/mysqld/mysqld.sock"
    assert params.place == "/run/mysqld/mysqld.sock"


def test_place_is_host_and_port_without_account() -> None:
    assert parse_dsn("mysql://u:secret@[::1]:3307/x").place == "[::1]:3307"


def test_a_named_authority_is_checked_against() -> None:
    params = parse_dsn("mysql://u@h/?ssl_ca=/etc/ca.pem")
    assert params.tls == Tls(mode=TlsMode.VERIFY_IDENTITY, ca_file="/etc/ca.pem")


def test_repr_has_no_password() -> None:
    assert "hunter2" not in repr(parse_dsn("mysql://u:hunter2@h/x"))


@pytest.mark.parametrize(
    ("dsn", "reason"),
    [
        ("", "does not begin with mysql://"),
        ("hunter2", "does not begin with mysql://"),
        ("postgres://u:hunter2@h/x", "does not begin with mysql://"),
        ("mysql://:hunter2@h/x", "names no user"),
        ("mysql://u:hunter2@/x", "names no host"),
        ("mysql://u:hunter2@h:port/x", "port"),
        ("mysql://u:hunter2@h:0/x", "port"),
        ("mysql://u:hunter2@h:99999/x", "port"),
        ("mysql://u:hunter2/3@h/x", "port"),
        ("mysql://u:hunter2#3@h/x", "#"),
        ("mysql://u:hunter2@[::1/x", "valid address"),
        ("mysql://u:hunter2@h/a/b", "more than one schema"),
        ("mysql://u:hunter2@h/x?sslmode=on", "unknown option 'sslmode'"),
        ("mysql://u:hunter2@h/x?ssl_mode=maybe", "ssl_mode is none of"),
        ("mysql://u:hunter2@h/x?ssl_mode=", "with a value"),
        ("mysql://u:hunter2@h/x?ssl_cert=a", "belong together"),
        ("mysql://u:hunter2@h/x?ssl_mode=disabled&ssl_ca=a", "says nothing"),
    ],
)
def test_an_unusable_dsn_says_why_and_keeps_the_secret(dsn: str, reason: str) -> None:
    with pytest.raises(InvalidDsn) as caught:
        parse_dsn(dsn)
    assert reason in caught.value.message
    assert "hunter2" not in f"{caught.value}{caught.value.next_action}{caught.value.__cause__}"
