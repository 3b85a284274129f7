"""What an upgrade of the storage's own schema promises on every database.

Bind it by a class with an `empty_url` fixture: the address of a database without tables.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect
from sqlalchemy.event import listen

from schemabot.domain.errors import StorageRevisionUnfit
from schemabot.storage.database import Database
from schemabot.storage.storage import Storage
from schemabot.storage.tables.schema import SCHEMA
from schemabot.storage.upgrade import check_revision, newest_revision, upgrade
from tests.support.stored import store_plan


def differences(tx: Connection) -> list[object]:
    context = MigrationContext.configure(tx, opts={"compare_type": True})
    return list(compare_metadata(context, SCHEMA))


def _run(statement: str, tx: Connection) -> None:
    tx.exec_driver_sql(statement)


class Died(Exception):
    """The process is no more."""


def die_after(database: Database, changes: tuple[str, ...], *, seen: set[str]) -> None:
    """Have the process end right after a statement that begins so, once for each."""

    def die(_connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        change = statement.lstrip()
        if change.startswith(changes) and change not in seen:
            seen.add(change)
            raise Died

    listen(database.engine, "after_cursor_execute", die)


class UpgradeContract:
    """To the newest revision, or refuse; nothing is dropped."""

    def test_the_revisions_make_exactly_the_tables_that_the_code_has(self, empty_url: str) -> None:
        database = Database(empty_url, pool_size=1)
        upgrade(database)
        assert database.read(differences) == []
        check_revision(database)
        database.close()

    def test_a_second_upgrade_changes_nothing(self, empty_url: str) -> None:
        database = Database(empty_url, pool_size=1)
        upgrade(database)
        Storage(database).settings.put("k", "v")
        upgrade(database)
        assert Storage(database).settings.get("k") == "v"
        database.close()

    def test_plans_of_before_stay_and_take_nothing_back(self, empty_url: str) -> None:
        database = Database(empty_url, pool_size=1)
        upgrade(database)
        plan = store_plan(Storage(database))
        for statement in (
            "ALTER TABLE plans DROP COLUMN rollback_of",
            "UPDATE alembic_version SET version_num = '0002'",
        ):
            database.write(partial(_run, statement))
        upgrade(database)
        assert Storage(database).plans.get(plan.plan_id) == plan
        assert plan.rollback_of is None
        database.close()

    def test_an_empty_database_is_unfit_and_says_what_to_do(self, empty_url: str) -> None:
        database = Database(empty_url, pool_size=1)
        with pytest.raises(StorageRevisionUnfit, match="none") as unfit:
            check_revision(database)
        assert "storage.upgrade" in (unfit.value.next_action or "")
        database.close()

    def test_a_newer_storage_is_refused_and_left_alone(self, empty_url: str) -> None:
        database = Database(empty_url, pool_size=1)
        upgrade(database)
        newer = "UPDATE alembic_version SET version_num = '9999'"
        database.write(lambda tx: tx.exec_driver_sql(newer))
        for act in (upgrade, check_revision):
            with pytest.raises(StorageRevisionUnfit, match="9999"):
                act(database)
        assert set(SCHEMA.tables) <= set(inspect(database.engine).get_table_names())
        database.close()

    def test_processes_that_start_at_once_upgrade_once(self, empty_url: str) -> None:
        databases = [Database(empty_url, pool_size=1) for _ in range(4)]
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(upgrade, databases))
        for database in databases:
            check_revision(database)
            database.close()
        assert newest_revision() == "0003"
