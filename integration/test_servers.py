"""The life of a throw-away server: it serves, and survives what tests do to it."""

import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from integration.databases import query
from integration.servers.errors import NoFreePortError, ServerFailedError
from integration.servers.program import Flavor
from integration.servers.throwaway import SOCKET_PATH_BYTES, Server, throwaway_server


def test_server_answers_on_loopback_and_on_its_socket(server: Server) -> None:
    asked = "SELECT CURRENT_USER(), @@port, @@bind_address"
    through_port = query(server, asked)
    through_socket = query(server, asked, unix_socket=str(server.socket))
    assert through_port == through_socket == [("root@localhost", server.port, "127.0.0.1")]


def test_server_is_set_up_for_online_schema_changes(server: Server) -> None:
    asked = "SELECT @@log_bin, @@binlog_format, @@performance_schema, @@server_id"
    assert query(server, asked) == [(1, "ROW", 1, 1)]
    (instrument,) = query(
        server,
        "SELECT enabled, timed FROM performance_schema.setup_instruments "
        "WHERE name = 'wait/lock/metadata/sql/mdl'",
    )
    assert instrument == ("YES", "YES")


def test_mysql_has_transaction_ids_and_no_second_protocol(mysql: Server) -> None:
    assert query(mysql, "SELECT @@gtid_mode, @@enforce_gtid_consistency") == [("ON", "ON")]
    assert query(mysql, "SHOW VARIABLES LIKE 'mysqlx_port'") == []


def test_server_has_no_account_without_a_name(server: Server) -> None:
    assert query(server, "SELECT host FROM mysql.user WHERE user = ''") == []


def test_directory_is_private_and_its_path_short_enough_for_a_socket(server: Server) -> None:
    assert stat.S_IMODE(server.directory.stat().st_mode) == 0o700
    assert len(os.fsencode(server.socket)) <= SOCKET_PATH_BYTES


def test_place_with_a_long_path_gives_way_to_a_shorter_one(tmp_path: Path) -> None:
    place = tmp_path / ("long" * 20)
    place.mkdir()
    with throwaway_server(Flavor.MARIADB, is_fast=True, place=place) as server:
        assert server.directory.parent == Path("/tmp")  # noqa: S108 - what is promised


def test_place_that_was_asked_for_is_used() -> None:
    with (
        throwaway_server(Flavor.MARIADB, is_fast=True) as outer,
        throwaway_server(Flavor.MARIADB, is_fast=True, place=outer.directory) as inner,
    ):
        assert inner.directory.parent == outer.directory


@pytest.mark.parametrize("end", [Server.stop, Server.kill], ids=["stop", "kill"])
def test_acknowledged_rows_and_address_survive(
    private_server: Server, end: Callable[[Server], None]
) -> None:
    query(private_server, "CREATE DATABASE shop")
    query(private_server, "CREATE TABLE shop.orders (id INT PRIMARY KEY)")
    query(private_server, "INSERT INTO shop.orders VALUES (7)")
    first = private_server.pid
    end(private_server)
    assert private_server.pid is None
    private_server.start()
    assert private_server.pid not in {None, first}
    assert query(private_server, "SELECT id FROM shop.orders") == [(7,)]


def test_private_server_is_durable(private_server: Server) -> None:
    asked = "SELECT @@innodb_flush_log_at_trx_commit, @@sync_binlog"
    assert query(private_server, asked) == [(1, 1)]


def test_starting_a_running_server_changes_nothing(server: Server) -> None:
    before = server.pid
    server.start()
    assert server.pid == before


def test_stopping_twice_is_like_stopping_once() -> None:
    with throwaway_server(Flavor.MARIADB, is_fast=True) as server:
        server.stop()
        server.stop()
        server.kill()
        assert server.pid is None


def test_given_options_win() -> None:
    options = ("--innodb-buffer-pool-size=64M", "--server-id=42")
    with throwaway_server(Flavor.MARIADB, is_fast=True, options=options) as server:
        asked = "SELECT @@innodb_buffer_pool_size, @@server_id"
        assert query(server, asked) == [(64 * 1024 * 1024, 42)]


def test_server_without_network_answers_on_its_socket() -> None:
    with throwaway_server(Flavor.MARIADB, is_fast=True, options=["--skip-networking"]) as server:
        assert query(server, "SELECT 1", unix_socket=str(server.socket)) == [(1,)]


@pytest.mark.parametrize("flavor", list(Flavor))
def test_refused_option_is_shown_with_the_end_of_the_log(flavor: Flavor) -> None:
    with (
        pytest.raises(ServerFailedError, match=r"(?s)ended with status.*no-such-thing"),
        throwaway_server(flavor, is_fast=True, options=["--no-such-thing=1"]),
    ):
        pass


@pytest.mark.parametrize("flavor", list(Flavor))
def test_denied_access_names_what_confines_servers(flavor: Flavor) -> None:
    with (
        pytest.raises(ServerFailedError, match=r"AppArmor or SELinux"),
        throwaway_server(flavor, is_fast=True, options=["--pid-file=/sys/denied"]),
    ):
        pass


def test_port_that_others_hold_is_given_up_after_a_few_tries(mariadb: Server) -> None:
    taken = f"--port={mariadb.port}"
    with (
        pytest.raises(NoFreePortError, match="found no free port"),
        throwaway_server(Flavor.MARIADB, is_fast=True, options=[taken]),
    ):
        pass


def test_kept_server_serves_on_and_its_directory_stays() -> None:
    with throwaway_server(Flavor.MARIADB, is_fast=True) as server:
        server.keep()
    try:
        assert query(server, "SELECT 1") == [(1,)]
    finally:
        server.kill()
        shutil.rmtree(server.directory)


def test_two_mysql_servers_of_one_birth_have_names_of_their_own(mysql: Server) -> None:
    with throwaway_server(Flavor.MYSQL, is_fast=True) as other:
        assert query(other, "SELECT @@server_uuid") != query(mysql, "SELECT @@server_uuid")
