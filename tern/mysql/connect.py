"""Connections to a target: who comes, over what, and in which session."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

import pymysql
import pymysql.err
from pymysql.constants import CLIENT

from tern.ddl.flavor import Flavor
from tern.errors import InvalidDsn, ServerUnavailable
from tern.mysql.connection import Connection
from tern.mysql.error_codes import Circumstances, translate_connecting
from tern.mysql.session import Session

DEFAULT_PORT = 3306
CONNECT_TIMEOUT = timedelta(seconds=10)
READ_TIMEOUT = timedelta(seconds=30)


class TlsMode(StrEnum):
    """How much a connection insists on encryption, in the words of the servers' own clients."""

    DISABLED = "disabled"
    PREFERRED = "preferred"
    REQUIRED = "required"
    VERIFY_CA = "verify_ca"
    VERIFY_IDENTITY = "verify_identity"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """Encryption of a connection; without any setting it is used where the server offers it."""

    mode: TlsMode = TlsMode.PREFERRED
    ca_file: str | None = None
    cert_file: str | None = None
    key_file: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectParams:
    """Everything that a connection to a target needs. Its repr has no password."""

    user: str
    password: str = field(default="", repr=False)
    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    unix_socket: str | None = None
    schema: str | None = None
    tls: Tls = field(default_factory=Tls)

    @property
    def place(self) -> str:
        """The address as people write it, without account or password."""
        if self.unix_socket is not None:
            return self.unix_socket
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def connect(
    params: ConnectParams,
    *,
    session: Callable[[Flavor], Session],
    read_timeout: timedelta | None = READ_TIMEOUT,
    connect_timeout: timedelta = CONNECT_TIMEOUT,
) -> Connection:
    """A session on the target with autocommit on, utf8mb4 and the given variables set.

    One statement per call (multi-statements are off) and no LOCAL INFILE. UPDATE counts the rows
    that matched, not those that changed. Nothing ever reconnects by itself.

    One read waits `read_timeout` for the server, or for ever where it is None.

    Raises:
        ServerUnavailable: no server there, no answer in time, or too many connections.
        AccessDenied: the server refused the account or its password.
        SchemaMissing: the schema of the DSN does not exist.
        InvalidDsn: the TLS settings can't be used.
    """
    connection = Connection(
        _open(params, read_timeout=read_timeout, connect_timeout=connect_timeout),
        place=params.place,
        account=params.user,
    )
    try:
        connection.use(session(connection.flavor))
    except BaseException:
        connection.close()
        raise
    return connection


def _open(
    params: ConnectParams, *, read_timeout: timedelta | None, connect_timeout: timedelta
) -> "pymysql.Connection[pymysql.cursors.Cursor]":
    at = Circumstances(place=params.place, account=params.user, schema=params.schema)
    context = _tls_context(params.tls)
    try:
        return _Driver(
            host=params.host,
            port=params.port,
            unix_socket=params.unix_socket,
            user=params.user,
            password=params.password.encode(),
            database=params.schema,
            charset="utf8mb4",
            autocommit=True,
            client_flag=CLIENT.FOUND_ROWS,
            connect_timeout=connect_timeout.total_seconds(),
            read_timeout=read_timeout.total_seconds() if read_timeout else None,
            program_name="schemabot",
            ssl=context,
            ssl_disabled=params.tls.mode is TlsMode.DISABLED,
        )
    except pymysql.err.Error as error:
        raise translate_connecting(error, at) from error
    except RuntimeError as error:
        # pymysql without its optional RSA part: the password would cross the wire unprotected.
        raise InvalidDsn(
            reason=f"{params.place} wants the password of {params.user} over TLS only; "
            "offer TLS there or use a unix socket"
        ) from error
    except (UnicodeError, ValueError) as error:
        # A host name no resolver takes, or a greeting that is not this protocol's.
        raise ServerUnavailable(place=params.place, reason=f"not usable ({error})") from error


class _Driver(pymysql.Connection):
    """The driver, but for where it prefers TLS: it would read all the system's certificates anew.

    They are not looked at without verification, and reading them costs tens of milliseconds.
    """

    def _create_ssl_ctx(self, sslp: "ssl.SSLContext | dict[str, str]") -> ssl.SSLContext:
        return sslp if isinstance(sslp, ssl.SSLContext) else _unverified()


def _unverified() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _tls_context(tls: Tls) -> ssl.SSLContext | None:
    """None leaves it to the driver: encrypted, unverified, if the server offers it."""
    if tls.mode in {TlsMode.DISABLED, TlsMode.PREFERRED}:
        return None
    try:
        is_verified = tls.mode in {TlsMode.VERIFY_CA, TlsMode.VERIFY_IDENTITY}
        context = ssl.create_default_context(cafile=tls.ca_file) if is_verified else _unverified()
        if tls.cert_file is not None:
            context.load_cert_chain(tls.cert_file, keyfile=tls.key_file)
    except OSError as error:
        raise InvalidDsn(reason=f"its TLS files can't be read ({error})") from error
    context.check_hostname = tls.mode is TlsMode.VERIFY_IDENTITY
    return context
