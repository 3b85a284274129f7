"""P-44, P-55: rows that were there before survive every change that needs nobody's consent."""

from integration.plan.pairs.desk import Desk, desk_on
from integration.plan.pairs.free_changes import TYPES, plain
from integration.servers.throwaway import Server
from tern.ddl.table import Table
from tern.lint.unsafe import unsafe_changes

TABLE = "t"
FREE_AT_LEAST = 90


def text_of(kind: str) -> dict[str, str]:
    return {TABLE: f"CREATE TABLE {TABLE} (id int NOT NULL PRIMARY KEY, v {kind} NULL)"}


def change_with_rows(desk: Desk, old: str, desired: Table) -> None:
    """Change the column under rows of every edge; each value must still say what it said."""
    live = desk.build(desk.live, text_of(old))
    for number, value in enumerate([*TYPES[old], None]):
        desk.connection.execute("INSERT INTO t VALUES (%s, %s)", (number, value))
    before = rows(desk)
    desk.run(desk.differ(live, {TABLE: desired}))
    assert rows(desk) == before


def rows(desk: Desk) -> list[tuple[object, object]]:
    found = desk.connection.query("SELECT id, v FROM t ORDER BY id")
    return [(number, plain(value)) for number, value in found]


def test_rows_survive_every_change_of_a_type_that_is_called_free(server: Server) -> None:
    lost: list[str] = []
    with desk_on(server) as desk:
        tables = {kind: desk.build(desk.desired, text_of(kind))[TABLE] for kind in TYPES}
        free = [
            (old, new)
            for old in TYPES
            for new in TYPES
            if old != new and not unsafe_changes(tables[old], tables[new])
        ]
        for old, new in free:
            try:
                change_with_rows(desk, old, tables[new])
            except Exception as error:  # noqa: BLE001  # all of them are told together
                lost.append(f"{old} to {new}: {error}")
    assert lost == []
    assert len(free) >= FREE_AT_LEAST
