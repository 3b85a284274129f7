"""How much a target's address asks of TLS; MySQL offers it by itself, MariaDB 10.11 does not."""

from contextlib import closing
from dataclasses import replace

import pytest

from integration.databases import Database
from integration.servers.throwaway import Server
from integration.tern.desk import params
from tern.errors import SchemaBotError
from tern.mysql.connect import ConnectParams, Tls, TlsMode, connect
from tern.mysql.connection import Connection
from tern.mysql.session import plain_session


@pytest.fixture
def address(mysql: Server) -> ConnectParams:
    return params(Database(server=mysql, name="mysql"))


def opened(address: ConnectParams) -> Connection:
    return connect(address, session=plain_session)


def is_encrypted(address: ConnectParams) -> bool:
    with closing(opened(address)) as connection:
        return bool(connection.query("SHOW SESSION STATUS LIKE 'Ssl_cipher'")[0][1])


@pytest.mark.parametrize("mode", [TlsMode.PREFERRED, TlsMode.REQUIRED])
def test_connection_is_encrypted_where_the_server_offers_it(
    address: ConnectParams, mode: TlsMode
) -> None:
    assert is_encrypted(replace(address, tls=Tls(mode=mode)))


def test_disabled_means_plain(address: ConnectParams) -> None:
    assert not is_encrypted(replace(address, tls=Tls(mode=TlsMode.DISABLED)))


def test_certificate_of_a_named_authority_is_accepted(
    address: ConnectParams, mysql: Server
) -> None:
    authority = str(mysql.directory / "data" / "ca.pem")
    assert is_encrypted(replace(address, tls=Tls(mode=TlsMode.VERIFY_CA, ca_file=authority)))


def test_certificate_of_an_unknown_authority_is_refused(address: ConnectParams) -> None:
    with pytest.raises(SchemaBotError, match="certificate"):
        opened(replace(address, tls=Tls(mode=TlsMode.VERIFY_CA)))


def test_certificate_for_another_host_is_refused(address: ConnectParams, mysql: Server) -> None:
    authority = str(mysql.directory / "data" / "ca.pem")
    tls = Tls(mode=TlsMode.VERIFY_IDENTITY, ca_file=authority)
    with pytest.raises(SchemaBotError, match="certificate"):
        opened(replace(address, tls=tls))


def test_server_without_tls_is_taken_where_it_is_preferred_and_refused_where_required(
    mariadb: Server,
) -> None:
    plain = params(Database(server=mariadb, name="mysql"))
    assert not is_encrypted(replace(plain, tls=Tls(mode=TlsMode.PREFERRED)))
    with pytest.raises(SchemaBotError):
        opened(replace(plain, tls=Tls(mode=TlsMode.REQUIRED)))
