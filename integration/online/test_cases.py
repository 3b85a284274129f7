"""Each shape of data comes out exactly as the server's own ALTER makes it (E-74).

While the change runs, `dml.sql` is executed again and again. It rests before the swap; then the
table is copied to a frozen twin, which the server alters by itself. Both must be equal, row by row
and in their definitions. A case may expect a refusal or a failure instead: then nothing is swapped.
"""

import tomllib
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Event, Thread  # noqa: TID251  # a test's own

import pymysql
import pytest
from pymysql.connections import Connection as Session

from integration.databases import Database, leftover_tables
from integration.online.workbench import Bench, bench
from integration.servers.program import Flavor
from integration.tern.desk import show_create
from tern.engine.port import CutoverOrder, StopKind
from tern.values.run import Completed, EndState, Permanent

CASES = Path(__file__).parent / "cases"
MODE = "STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_AUTO_VALUE_ON_ZERO"
SAME = "same-as-native"
ROUNDS_SECONDS = 0.002


def texts(case: str, name: str) -> list[str]:
    """The statements of a case's file; none without one."""
    file = CASES / case / name
    if not file.exists():
        return []
    return [text for text in file.read_text().strip().removesuffix(";").split(";\n") if text]


def run(database: Database, statements: list[str]) -> None:
    """In one session with the modes that let every value of a case in."""
    with closing(database.connect(sql_mode=MODE)) as session:
        for sql in statements:
            session.query(sql)


@contextmanager
def written(database: Database, statements: list[str]) -> Iterator[None]:
    """The statements are executed round by round; a round is whole or did not happen."""
    resting = Event()

    def work() -> None:
        with closing(database.connect(sql_mode=MODE, autocommit=False)) as session:
            while statements and not resting.wait(ROUNDS_SECONDS):
                one_round(session, statements)

    thread = Thread(target=work, name="dml")
    thread.start()
    try:
        yield
    finally:
        resting.set()
        thread.join(30)


def one_round(session: Session, statements: list[str]) -> None:
    """All of them, or none where the server chose this one as the victim of a deadlock."""
    with suppress(pymysql.err.OperationalError):
        for sql in statements:
            session.query(sql)
        session.commit()


def names() -> list[str]:
    return sorted(path.name for path in CASES.iterdir() if path.is_dir())


@pytest.mark.parametrize("case", names())
def test_a_shape_of_data(database: Database, case: str) -> None:
    expect = tomllib.loads((CASES / case / "expect.toml").read_text())
    if expect.get("only") not in {None, str(database.server.flavor)}:
        return
    run(database, texts(case, "create.sql") + texts(case, "load.sql"))
    (alter,) = texts(case, "alter.sql")
    match expect["expect"].split(" ", 2):
        case [word] if word == SAME:
            is_same_as_native(database, case, expect)
        case ["refused", code]:
            outcome = bench(database, ("item", alter)).apply()
            assert isinstance(outcome, Permanent), outcome
            assert f"{code}: " in outcome.error.message
        case ["failed", code, key]:
            agreed = expect.get("consent") == "yes"
            fails(bench(database, ("item", alter), allow_unsafe=agreed), code, key)
        case other:
            pytest.fail(f"expect.toml says {other}")
    assert leftover_tables(database) == []


def fails(change: Bench, code: str, key: str) -> None:
    """It ends by this error, which names the row; the table is as it was."""
    before = show_create(change.database, "item")
    outcome = change.apply()
    assert isinstance(outcome, Permanent), outcome
    assert (outcome.error.code, key in outcome.error.message) == (code, True), outcome.error.message
    again = change.again()
    again.engine.stop(StopKind.CANCEL)
    assert again.apply() == Completed(end=EndState.CANCELLED)
    assert show_create(change.database, "item") == before


def is_same_as_native(database: Database, case: str, expect: dict[str, str]) -> None:
    """The swapped table equals a twin that the server has altered itself."""
    (alter,) = texts(case, "alter.sql")
    agreed = expect.get("consent") == "yes"
    change = bench(database, ("item", alter), defer_cutover=True, allow_unsafe=agreed)
    with change.running():
        with written(database, texts(case, "dml.sql")):
            change.until(lambda task: task.ready)
        freeze_twin(database, alter)
        change.engine.cutover(CutoverOrder.GO)
        outcome = change.join()
    assert outcome == Completed(), outcome
    assert change.engine.progress()[0].differences == 0
    native = (show_create(database, "twin") or "").replace("TABLE `twin`", "TABLE `item`", 1)
    assert show_create(database, "item") == native.replace("`twin_chk_", "`item_chk_")
    skipped = {expect.get("except_columns")}
    assert rows(database, "item", skipped) == rows(database, "twin", skipped)
    if "counter" in expect:
        found = database.query("SHOW CREATE TABLE item")[0][1]
        assert f"AUTO_INCREMENT={expect['counter']}" in found


def freeze_twin(database: Database, alter: str) -> None:
    """The table as it is now, altered by the server with a copy."""
    columns = ", ".join(
        f"`{name.replace('`', '``')}`"
        for name, extra in database.query(
            "SELECT COLUMN_NAME, EXTRA FROM information_schema.COLUMNS "
            "WHERE TABLE_SCHEMA = %s AND TABLE_NAME = 'item'",
            database.name,
        )
        if "GENERATED" not in extra.replace("DEFAULT_GENERATED", "")
    )
    text = (show_create(database, "item") or "").replace("`item`", "`twin`", 1)
    own = alter.replace("`item`", "`twin`", 1)
    by_copy = own if "PARTITION" in own else f"{own}, ALGORITHM=COPY"
    if database.server.flavor is Flavor.MYSQL:
        # Two tables of a schema can't have a check of one name there.
        text = text.replace("CONSTRAINT `positive`", "")
    fill = f"INSERT INTO twin ({columns}) SELECT {columns} FROM item"  # noqa: S608  # a test's own
    run(database, [text, fill, by_copy])


def rows(database: Database, table: str, skipped: set[str | None]) -> list[tuple[object, ...]]:
    """All rows, each cell as the server's own bytes; a FLOAT with all its digits."""
    found = database.query(
        "SELECT COLUMN_NAME, DATA_TYPE FROM information_schema.COLUMNS "
        "WHERE TABLE_SCHEMA = %s AND TABLE_NAME = %s ORDER BY ORDINAL_POSITION",
        database.name,
        table,
    )
    cells = []
    for name, kind in found:
        quoted = f"`{name.replace('`', '``')}`"
        if name not in skipped:
            cells.append(f"{quoted} + 0e0" if kind == "float" else quoted)
    sql = f"SELECT {', '.join(cells)} FROM `{table}`"  # noqa: S608  # a test's own
    raw = database.connect(conv={}, use_unicode=False)
    with closing(raw), raw.cursor() as cursor:
        cursor.execute(sql)
        return sorted(cursor.fetchall(), key=repr)
