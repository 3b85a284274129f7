"""Leaves of the error tree about text that cannot be read as a schema."""

from tern.errors import InvalidRequest, InvalidSchema


class LexError(InvalidSchema):
    """A string, a quoted name or a comment never ends, or comments stand inside each other."""

    code = "sql_syntax"

    def __init__(self, *, line: int, column: int, reason: str, file: str | None = None) -> None:
        prefix = f"{file}:" if file else ""
        super().__init__(place=f"{prefix}{line}:{column}", reason=reason)
        self.line = line
        self.column = column
        self.reason = reason


class UnsupportedTable(InvalidRequest):
    """The server's own text of a table cannot be taken apart; the table is shown and left alone."""

    code = "unsupported_table"

    def __init__(self, *, table: str, reason: str) -> None:
        super().__init__(
            f"table {table} cannot be managed: {reason}",
            next_action="add the table to `ignore_tables` in schemabot.yaml, or report its text",
        )
        self.table = table
        self.reason = reason


class UnknownServerVersion(InvalidRequest):
    """The server's version text names no version, so nothing can be said of what it can do."""

    code = "unknown_server_version"

    def __init__(self, *, text: str) -> None:
        super().__init__(
            f"the server calls its version {text!r}, which names no MySQL or MariaDB version",
            next_action="connect to a MySQL or MariaDB server, not through a renaming proxy",
        )
