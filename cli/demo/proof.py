"""What must be true at the end, asked of the server and of the ledger (C-37)."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from cli.demo import statements
from cli.demo.ledger import Account, RowState
from cli.errors import DemoFailed
from tern.mysql.connection import Connection

_AT_ONCE = 1000
_SHOWN = 5


def check_definition(database: Connection) -> None:
    """The table has its new definition, and no table of the engine is left. Raises DemoFailed."""
    columns = {str(name): str(kind) for name, kind in database.query(statements.COLUMNS)}
    _expect(columns["amount_cents"].partition("(")[0], "bigint", of="type of amount_cents")
    _expect(columns.get("channel"), "varchar(20)", of="type of the new column")
    index = [str(name) for (name,) in database.query(statements.INDEX_COLUMNS, ("by_amount",))]
    _expect(index, ["amount_cents"], of="columns of the new index")
    tables = [str(name) for (name,) in database.query(statements.TABLES)]
    _expect(tables, ["orders"], of="tables")


def check_rows(database: Connection, account: Account, *, seeded: int) -> None:
    """Every row is what the ledger says, or what was seeded. Raises DemoFailed."""
    if account.open:
        raise DemoFailed(step="verify", reason=f"{account.open} transactions without an outcome")
    database.execute(statements.TOUCHED_TABLE)
    rest = iter(sorted(account.rows))
    while ids := tuple(islice(rest, _AT_ONCE)):
        database.execute(statements.TOUCH + ", ".join(["(%s)"] * len(ids)), ids)
    found = {
        int(row[0]): (str(row[1]), int(row[2])) for row in database.query(statements.READ_TOUCHED)
    }
    wrong = list(_differences(account.rows, found))
    if wrong:
        more = f" and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
        reason = f"the table and the ledger disagree: {'; '.join(wrong[:_SHOWN])}{more}"
        raise DemoFailed(step="verify", reason=reason)
    touched_seeds = sum(1 for key in account.rows if key <= seeded)
    count, strange = _untouched(database)
    _expect(strange, 0, of="rows that nobody touched and that differ from the seed")
    _expect(count, seeded - touched_seeds, of="rows that nobody touched")
    live = sum(row is not None for row in account.rows.values())
    _expect(int(database.value(statements.COUNT)), count + live, of="rows in all")


def _untouched(database: Connection) -> tuple[int, int]:
    count, strange = database.first(statements.UNTOUCHED) or (0, 0)
    return int(count), int(strange)


def _differences(wanted: dict[int, RowState], found: dict[int, tuple[str, int]]) -> Iterator[str]:
    for key, row in wanted.items():
        if found.get(key) != row:
            yield f"row {key} is {_words(found.get(key))}, not {_words(row)}"


def _words(row: Sequence[Any] | None) -> str:
    return "absent" if row is None else f"{row[0]} with {row[1]}"


def _expect(found: object, wanted: object, *, of: str) -> None:
    if found != wanted:
        raise DemoFailed(step="verify", reason=f"{of}: found {found}, not {wanted}")
