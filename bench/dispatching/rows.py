"""Many due applies at once, each a copy of one that admission wrote."""

from collections.abc import Mapping

from integration.databases import Database
from schemabot.storage.storage import Storage
from tests.support.stored import a_target, store_apply

RAW_TABLE = """CREATE TABLE raw_queue (id BIGINT AUTO_INCREMENT PRIMARY KEY,
    state TINYINT NOT NULL, claimable_at DATETIME(6), token CHAR(32), note VARCHAR(200),
    KEY (state, claimable_at, id))"""
_APPLY = {
    "apply_id": "CONCAT('apply-', LEFT(SHA2(UUID(), 256), 16))",
    "active_target": "CONCAT('copy/', UUID())",
    "claimable_at": "UTC_TIMESTAMP(6)",
}
_TASK = {
    "task_id": "CONCAT('task-', LEFT(SHA2(UUID(), 256), 16))",
    "apply_row": "copies.id",
}


def write_template(storage: Storage, database: Database) -> None:
    """The apply that copies are made of; it is never claimed itself."""
    store_apply(storage, a_target("template"))
    database.query("UPDATE applies SET claimable_at = NULL")


def copy_template(database: Database, count: int) -> None:
    """So many due applies with their tasks, on targets of their own."""
    applies, chosen = _columns(database, "applies", _APPLY)
    database.query(
        f"INSERT INTO applies ({applies}) SELECT {chosen} FROM "  # noqa: S608 (our own names)
        f"(SELECT * FROM applies ORDER BY id LIMIT 1) template JOIN seq_1_to_{count}"
    )
    tasks, chosen = _columns(database, "tasks", _TASK)
    database.query(
        f"INSERT INTO tasks ({tasks}) SELECT {chosen} FROM "  # noqa: S608 (our own names)
        "(SELECT * FROM tasks ORDER BY id LIMIT 2) template JOIN applies copies "
        "WHERE NOT EXISTS (SELECT 1 FROM tasks own WHERE own.apply_row = copies.id)"
    )
    database.query("ANALYZE TABLE applies, tasks")


def fill_raw(database: Database, count: int) -> None:
    """So many rows for the floor."""
    database.query(
        "INSERT INTO raw_queue (state, claimable_at) SELECT 0, UTC_TIMESTAMP(6) "  # noqa: S608 (our own number)
        f"FROM seq_1_to_{count}"
    )


def _columns(database: Database, table: str, own: Mapping[str, str]) -> tuple[str, str]:
    found = database.query(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = %s "
        "AND table_name = %s AND column_name <> 'id' ORDER BY ordinal_position",
        database.name,
        table,
    )
    names = [str(name) for (name,) in found]
    chosen = [own.get(name, f"template.`{name}`") for name in names]
    return ", ".join(f"`{name}`" for name in names), ", ".join(chosen)
