"""A planned copy runs under LocalTern as any other statement."""

from integration.databases import Database, leftover_tables
from integration.tern.desk import ENVIRONMENT, access, statements, work
from tern.local.engines import Engines, make_online
from tern.local.tern import LocalTern
from tern.values.plan import Verdict
from tern.values.progress import TaskStatus
from tern.values.run import Completed
from tests.contracts.tern import FIRST, SECOND, Run

CHANGES = (
    ("item", "ALTER TABLE `item` MODIFY COLUMN `amount` BIGINT", Verdict.COPY),
    ("made", "CREATE TABLE made (id INT PRIMARY KEY)", Verdict.DIRECT),
)


async def test_a_copy_takes_its_turn_among_other_statements(database: Database) -> None:
    database.query("CREATE TABLE item (id INT PRIMARY KEY, amount INT)")
    database.query("INSERT INTO item VALUES (1, 10), (2, 20)")
    todo = work(database, statements(database, *CHANGES), allow_unsafe=True)
    tern = LocalTern(
        {(database.name, ENVIRONMENT): access(database)}, engines=Engines(online=make_online)
    )
    run = Run(tern=tern, work=todo)
    assert await run.to_end() == Completed()
    assert run.memory.statuses == {FIRST: TaskStatus.COMPLETED, SECOND: TaskStatus.COMPLETED}
    assert "bigint" in database.query("SHOW CREATE TABLE item")[0][1]
    assert database.query("SELECT SUM(amount) FROM item") == [(30,)]
    assert leftover_tables(database) == []
    told = [line for line in run.memory.lines if line.event == "copied"]
    assert len(told) == 1
    assert told[0].message.startswith(f"{database.name}.item: 2 rows")
    actual = run.memory.task(FIRST).actual
    assert actual is not None
    assert actual.rows == 2
