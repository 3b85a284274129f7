"""What users' own ALTER statements want, said by the server, which runs them on empty copies.

The statement decides and nothing is guessed: the wanted table is what the server prints after it
ran the statement. From there on it is planned like a file that defines this table, so verdict,
proof, estimate and what could be lost come the same way.
"""

import re
from collections.abc import Mapping, Sequence
from threading import Event

from tern.ddl.alter_statement import AlterStatement
from tern.ddl.identifiers import quote
from tern.errors import InvalidSchema, StatementRejected, TableMissing
from tern.local.planning.namespaces import Namespace
from tern.local.planning.scratch import Phase
from tern.local.planning.settings import PlanSettings
from tern.local.planning.workplace import Workplace, workplace
from tern.mysql.catalogue import schema_defaults
from tern.mysql.connect import ConnectParams
from tern.mysql.error_codes import text_of
from tern.mysql.introspect import show_create, without_counter
from tern.values.schema_files import LintConfig, SchemaConfig, SchemaFiles
from tern.values.target import Target


def wanted_files(
    params: ConnectParams,
    statements: Sequence[AlterStatement],
    *,
    target: Target,
    schema: str,
) -> SchemaFiles:
    """Files that define what the statements lead to; no other table of the schema is spoken for.

    Raises:
        TableMissing: a statement's table isn't there.
        InvalidSchema: the server refuses a statement, or it makes the table another one.
        SchemaBotError: the target can't be reached or used. Nothing stays there in any case.
    """
    space = Namespace(name=schema, schema=schema, number=0, files={}, ignored=(), may_be_empty=True)
    warnings: list[str] = []
    with workplace(
        params,
        target=target,
        namespaces=(space,),
        settings=PlanSettings(connections=1),
        stopping=Event(),
        warnings=warnings,
    ) as place:
        texts = {each.table: _wanted(place, each, schema=schema) for each in statements}
    names = "|".join(re.escape(name) for name in texts)
    return SchemaFiles(
        files={schema: {f"{number}.sql": text for number, text in enumerate(texts.values())}},
        config=SchemaConfig(
            ignore_tables=(rf"\A(?!(?:{names})\Z)",),
            lint=LintConfig(ignore_tables=(".",)),
        ),
    )


def _wanted(place: Workplace, statement: AlterStatement, *, schema: str) -> str:
    connection, table = place.main, statement.table
    live = without_counter(show_create(connection, schema=schema, table=table))
    if not live.startswith("CREATE TABLE"):
        raise InvalidSchema(place=table, reason="it is no table")
    scratch = place.yard.scratch.create(Phase.DESIRED, 0, schema_defaults(connection, schema))
    connection.enter(scratch)
    connection.execute(live, table=table)
    try:
        connection.execute(statement.on(table), table=table)
        text = without_counter(show_create(connection, schema=scratch, table=table))
    except StatementRejected as error:
        raise InvalidSchema(
            place=table, reason=f"the server refuses it: {text_of(error)}"
        ) from error
    except TableMissing as error:
        raise InvalidSchema(place=table, reason="it moves the table elsewhere") from error
    return _with_renames(text, statement.renames)


def _with_renames(text: str, renames: Mapping[str, str]) -> str:
    """The definition with a hint on the line of each column that the statement renames."""
    heads = {f"  {quote(new)} ": old for new, old in renames.items()}

    def hinted(line: str) -> str:
        old = next((old for head, old in heads.items() if line.startswith(head)), None)
        return line if old is None else f"{line} -- schemabot: renamed from {quote(old)}"

    return "\n".join(map(hinted, text.splitlines())) + ";\n"
