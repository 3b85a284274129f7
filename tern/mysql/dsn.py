"""A target's address as people write it in configuration: one URL, checked without the network."""

from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from tern.errors import InvalidDsn
from tern.mysql.connect import DEFAULT_PORT, ConnectParams, Tls, TlsMode

SCHEMES = ("mysql", "mariadb")


def parse_dsn(dsn: str) -> ConnectParams:
    """Read `mysql://user:password@host:port/schema?ssl_mode=...`; parts are percent-decoded.

    Query keys: `ssl_mode` (disabled, preferred, required, verify_ca, verify_identity), `ssl_ca`,
    `ssl_cert`, `ssl_key`, `unix_socket`.

    Raises:
        InvalidDsn: says what is wrong with it and repeats nothing of it that may be secret.
    """
    url = _split(dsn)
    port = _port(url)  # first: a raw '/' in a password shows as a port that is no number
    if not url.username:
        raise InvalidDsn(reason="it names no user")
    options = _options(url)
    return ConnectParams(
        user=unquote(url.username),
        password=unquote(url.password or ""),
        host=_host(url, options),
        port=port,
        unix_socket=options.get("unix_socket"),
        schema=_schema(url),
        tls=_tls(options),
    )


def _split(dsn: str) -> SplitResult:
    try:
        url = urlsplit(dsn)
    except ValueError:
        # The parser's own message quotes the address, password included.
        raise InvalidDsn(reason="its host is not a valid address") from None
    if url.scheme not in SCHEMES:
        raise InvalidDsn(reason="it does not begin with mysql:// or mariadb://")
    if url.fragment:
        raise InvalidDsn(reason="it has a '#'; write %23 where a password holds one")
    return url


def _port(url: SplitResult) -> int:
    try:
        port = url.port
    except ValueError:
        raise InvalidDsn(reason="its port is not a number from 1 to 65535") from None
    if port == 0:
        raise InvalidDsn(reason="its port is not a number from 1 to 65535")
    return DEFAULT_PORT if port is None else port


def _host(url: SplitResult, options: dict[str, str]) -> str:
    if url.hostname:
        return unquote(url.hostname)
    if "unix_socket" in options:
        return "localhost"
    raise InvalidDsn(reason="it names no host")


def _schema(url: SplitResult) -> str | None:
    name = url.path.removeprefix("/")
    if "/" in name:
        raise InvalidDsn(reason="it names more than one schema; write %2F where a name holds a '/'")
    return unquote(name) or None


def _options(url: SplitResult) -> dict[str, str]:
    known = ("ssl_mode", "ssl_ca", "ssl_cert", "ssl_key", "unix_socket")
    options: dict[str, str] = {}
    for key, value in parse_qsl(url.query, keep_blank_values=True):
        if key not in known:
            raise InvalidDsn(reason=f"unknown option {key!r}; known are {', '.join(known)}")
        if not value or key in options:
            raise InvalidDsn(reason=f"option {key} must be given once, with a value")
        options[key] = value
    return options


def _tls(options: dict[str, str]) -> Tls:
    word = options.get("ssl_mode", _default_mode(options)).lower().replace("-", "_")
    if word not in set(TlsMode):
        raise InvalidDsn(reason=f"ssl_mode is none of {', '.join(TlsMode)}")
    mode = TlsMode(word)
    files = sorted({"ssl_ca", "ssl_cert", "ssl_key"} & options.keys())
    if files and mode in {TlsMode.DISABLED, TlsMode.PREFERRED}:
        raise InvalidDsn(reason=f"{files[0]} says nothing under ssl_mode={mode}")
    if ("ssl_cert" in options) != ("ssl_key" in options):
        raise InvalidDsn(reason="ssl_cert and ssl_key belong together")
    return Tls(
        mode=mode,
        ca_file=options.get("ssl_ca"),
        cert_file=options.get("ssl_cert"),
        key_file=options.get("ssl_key"),
    )


def _default_mode(options: dict[str, str]) -> str:
    """An authority that was named is meant to be checked against, a certificate to be shown."""
    if "ssl_ca" in options:
        return TlsMode.VERIFY_IDENTITY
    return TlsMode.REQUIRED if "ssl_cert" in options else TlsMode.PREFERRED
