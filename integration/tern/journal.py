"""What took effect on a server, by its own binary log: the judge of what a Tern says of itself."""

import re

from integration.databases import Database
from integration.servers.program import Flavor

_MODIFIERS = re.compile(r" ALGORITHM=\w+(, LOCK=\w+)?,")
_REMARK = re.compile(r"\s*/\*.*?\*/")
_VERBS = ("CREATE", "ALTER", "DROP", "RENAME", "TRUNCATE")


class Journal:
    """The DDL of one schema since the journal was opened, SchemaBot's own record apart."""

    def __init__(self, database: Database) -> None:
        self._database = database
        status = "MASTER" if database.server.flavor is Flavor.MARIADB else "BINARY LOG"
        self._file, self._position = database.query(f"SHOW {status} STATUS")[0][:2]

    def ddl(self) -> list[str]:
        """In order, each as it was sent, but for ALGORITHM and LOCK."""
        rows = self._database.query(
            f"SHOW BINLOG EVENTS IN '{self._file}' FROM {int(self._position)}"
        )
        use = f"use `{self._database.name}`; "
        texts = [str(row[5]) for row in rows if row[2] in {"Query", "Query_compressed"}]
        sent = [_cleaned(text.removeprefix(use)) for text in texts if text.startswith(use)]
        return [each for each in sent if each.startswith(_VERBS) and "_schemabot_" not in each]


def _cleaned(text: str) -> str:
    return _MODIFIERS.sub("", _REMARK.sub("", text)).strip()
