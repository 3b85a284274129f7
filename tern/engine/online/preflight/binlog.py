"""Whether every change is in the log as whole rows that can be read here."""

from collections.abc import Iterator
from importlib.util import find_spec

from tern.engine.online.preflight.check import Failure, Sight


def check(sight: Sight) -> Iterator[Failure]:
    """The log is on, by row, with whole values."""
    server = sight.server
    if not server.is_on("log_bin"):
        yield _failure(sight, "its binary log is off", "start it with --log-bin")
    form = server.variables.get("binlog_format", "ROW").upper()
    if form != "ROW":
        yield _failure(sight, f"binlog_format is {form}", "set binlog_format=ROW")
    if "PARTIAL_JSON" in server.variables.get("binlog_row_value_options", "").upper():
        yield _failure(
            sight, "changes of JSON are logged in part", "set binlog_row_value_options=''"
        )
    is_packed = sight.settings.get("binlog_transaction_compression", "").upper() in {"ON", "1"}
    if is_packed and find_spec("zstandard") is None:
        yield _failure(
            sight,
            "transactions are logged compressed and the library zstandard is not installed",
            "install schemabot with it, or set binlog_transaction_compression=OFF",
        )


def _failure(sight: Sight, what: str, fix: str) -> Failure:
    return Failure(code="binlog", subject=sight.server.place, what=what, fix=fix)
