"""What a run leaves behind is nothing: its own tables go, the checkpoint last (phase 11)."""

from tern.binlog.watched_table import TableName
from tern.engine.online import statements
from tern.engine.online.ground import Ground
from tern.errors import TableMissing
from tern.mysql.connection import Connection
from tern.mysql.introspect import show_create


def remove_unfinished(ground: Ground) -> None:
    """Everything of a run that has not swapped goes: shadows, probes, sentries, the checkpoint."""
    for subject in ground.subjects:
        ground.ddl(statements.drop_table(subject.names.shadow))
        ground.ddl(statements.drop_table(subject.names.probe))
        drop_sentry(ground, subject.names.retired)
    ground.ddl(statements.drop_table(ground.checkpoint.table))


def remove_finished(ground: Ground) -> None:
    """After the swap: the retired sources go, unless they are to be kept, and all the rest."""
    for subject in ground.subjects:
        if not ground.options.keep_old:
            ground.ddl(statements.drop_table(subject.names.retired))
        ground.ddl(statements.drop_table(subject.names.probe))
    ground.ddl(statements.drop_table(ground.checkpoint.table))


def drop_sentry(ground: Ground, table: TableName) -> None:
    """The table goes if it is a sentry; a retired source under the name stays."""
    if is_sentry(ground.desk, table):
        ground.ddl(statements.drop_table(table))


def is_sentry(connection: Connection, table: TableName) -> bool:
    """Whether a table is there that only keeps the name taken."""
    try:
        text = show_create(connection, schema=table.schema, table=table.name)
    except TableMissing:
        return False
    return statements.SENTRY in text
