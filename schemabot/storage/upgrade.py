"""The storage's own schema: to the newest revision, or refuse; nothing is ever dropped.

Processes that start at once upgrade one after the other: on MariaDB and MySQL under a named lock,
for their DDL commits by itself; on SQLite in one immediate transaction.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from alembic.command import upgrade as run_revisions
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from schemabot.domain.errors import StorageRevisionUnfit, StorageUnavailable
from schemabot.storage.database import Database

_HERE = Path(__file__).parent
_LOCK_WAIT_SECONDS = 60


def upgrade(database: Database) -> None:
    """Bring the schema to this version's revision; safe when many processes start at once.

    Raises:
        StorageRevisionUnfit: the storage was upgraded by a newer version of SchemaBot.
        StorageUnavailable: another process has been upgrading it for a minute.
    """
    with _alone(database) as connection:
        found, wanted = _found(connection), newest_revision()
        if found == wanted:
            return
        _refuse_unknown(found, wanted)
        config = _config()
        config.attributes["connection"] = connection
        run_revisions(config, "head")
        connection.commit()


def check_revision(database: Database) -> None:
    """Raises StorageRevisionUnfit unless the storage's schema is exactly this version's."""
    found, wanted = database.read(_found), newest_revision()
    if found == wanted:
        return
    _refuse_unknown(found, wanted)
    raise StorageRevisionUnfit(
        found=found,
        wanted=wanted,
        next_action="start one server with `storage.upgrade: true`",
    )


def newest_revision() -> str:
    """The revision that this version's tables are at."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None  # noqa: S101 - the revisions are a part of this package
    return head


def _refuse_unknown(found: str | None, wanted: str) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if found is not None and found not in known:
        raise StorageRevisionUnfit(
            found=found, wanted=wanted, next_action="run the newer version that upgraded it"
        )


def _found(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HERE / "versions").replace("%", "%%"))
    config.set_main_option("version_locations", str(_HERE / "revisions").replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    return config


@contextmanager
def _alone(database: Database) -> Iterator[Connection]:
    with database.exclusive() as connection:
        if database.is_sqlite:
            yield connection
            return
        name = connection.engine.url.database
        lock = {"lock": f"schemabot_upgrade.{name}"[:64], "wait": _LOCK_WAIT_SECONDS}
        if connection.execute(text("SELECT GET_LOCK(:lock, :wait)"), lock).scalar() != 1:
            raise StorageUnavailable(reason="another process is upgrading it")
        try:
            yield connection
        finally:
            # a connection that has died holds no lock, and its own error is the one to tell
            with suppress(SQLAlchemyError):
                connection.execute(text("SELECT RELEASE_LOCK(:lock)"), {"lock": lock["lock"]})
