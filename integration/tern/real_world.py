"""LocalTern with its own engine over a schema on a real server: the world of its contract tests."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace

from integration.databases import Database
from integration.tern.desk import ENVIRONMENT, access, statements, work
from integration.tern.journal import Journal
from tern.local.tern import LocalTern
from tern.values.plan import Verdict
from tern.values.run import Work

CHANGES = (
    ("made", "CREATE TABLE made (id INT PRIMARY KEY, name VARCHAR(10))", Verdict.DIRECT),
    ("kept", "ALTER TABLE `kept` ADD COLUMN note VARCHAR(20)", Verdict.INSTANT),
    ("gone", "DROP TABLE `gone`", Verdict.DIRECT),
)


class RealWorld:
    """See `tests.contracts.tern.World`."""

    def __init__(self, database: Database) -> None:
        database.query("CREATE TABLE kept (id INT PRIMARY KEY)")
        database.query("CREATE TABLE gone (id INT PRIMARY KEY)")
        self.database = database
        self.statements = statements(database, *CHANGES)
        self.tern = LocalTern({(database.name, ENVIRONMENT): access(database)})
        self._journal = Journal(database)

    def work(self) -> Work:
        return work(self.database, self.statements, allow_unsafe=True)

    def effects(self) -> Sequence[str]:
        return self._journal.ddl()

    def change_by_hand(self, ordinal: int) -> None:
        self.database.query(f"ALTER TABLE `{CHANGES[ordinal][0]}` ADD COLUMN by_hand INT")

    def failing(self, work: Work, ordinal: int) -> Work:
        """The server refuses a second column of one name."""
        ddl = f"ALTER TABLE `{CHANGES[ordinal][0]}` ADD COLUMN id INT"
        changed = [replace(s, ddl=ddl) if s.ordinal == ordinal else s for s in work.statements]
        return replace(work, statements=tuple(changed))

    @contextmanager
    def blocked(self, ordinal: int) -> Iterator[None]:
        """A transaction has read the table and stays open; what isn't there yet can't be read."""
        table = CHANGES[ordinal][0]
        with closing(self.database.connect(autocommit=False)) as session:
            if table != "made":
                session.cursor().execute(f"SELECT * FROM `{table}`")  # noqa: S608  # a name of ours
            yield
