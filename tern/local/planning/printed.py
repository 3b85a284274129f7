"""What servers printed for texts of files, kept so that the next plan need not ask again (P-14).

Only the digest of what a temporary table printed is kept. It is found by everything that it hangs
on: the text, the server and its version, the defaults of the schema and every variable of the
session but those that change by themselves; so an answer from before a setting changed is not found
any more.
"""

from collections import OrderedDict
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock

from tern.mysql.catalogue import SchemaDefaults
from tern.mysql.connection import Connection
from tern.mysql.server import Server
from tern.mysql.session import CHANGING_BY_THEMSELVES

MAX_BYTES = 64 * 1024 * 1024
ENTRY_BYTES = 320  # two digests and what the dictionary and its objects take around them

Digest = bytes


class PrintedTexts:
    """The answers of servers, the least recently used forgotten first. Any thread."""

    def __init__(self, *, max_bytes: int = MAX_BYTES) -> None:
        self._most = max_bytes // ENTRY_BYTES
        self._found: OrderedDict[Digest, Digest] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._found)

    def get(self, key: Digest) -> Digest | None:
        """The digest of what was printed; None if that isn't known."""
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
            return self._found.get(key)

    def keep(self, key: Digest, printed: Digest) -> None:
        """Remember an answer."""
        with self._lock:
            self._found[key] = printed
            self._found.move_to_end(key)
            while len(self._found) > self._most:
                self._found.popitem(last=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstance:
    """Everything but its text that decides what a definition means to a server."""

    digest: Digest

    def key(self, text: str, defaults: SchemaDefaults) -> Digest:
        """What an answer for the text is kept under."""
        return digest_of(self.digest.hex(), defaults.charset, defaults.collation, text)


def read_circumstance(connection: Connection, server: Server) -> Circumstance:
    """The server and all that is set in this session, which is that of the plan's others too."""
    rows = connection.query("SHOW SESSION VARIABLES")
    settings = sorted(
        f"{str(name).lower()}={value}"
        for name, value in rows
        if str(name).lower() not in CHANGING_BY_THEMSELVES
    )
    return Circumstance(digest=digest_of(server.uuid, server.version, *settings))


def digest_of(*parts: str) -> Digest:
    """One digest for texts in this order."""
    whole = sha256()
    for part in parts:
        raw = part.encode(errors="surrogatepass")
        whole.update(len(raw).to_bytes(8, "big"))
        whole.update(raw)
    return whole.digest()
