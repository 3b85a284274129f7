"""Views and triggers of the whole server with their texts, for whoever drops what they name."""

from dataclasses import dataclass

from tern.mysql.connection import Connection

_OWN_SCHEMAS = "('information_schema', 'mysql', 'performance_schema', 'sys')"
_VIEWS = (
    "SELECT TABLE_SCHEMA, TABLE_NAME, VIEW_DEFINITION FROM information_schema.VIEWS "
    f"WHERE TABLE_SCHEMA NOT IN {_OWN_SCHEMAS} ORDER BY 1, 2"
)
_TRIGGERS = (
    "SELECT TRIGGER_SCHEMA, TRIGGER_NAME, ACTION_STATEMENT, EVENT_OBJECT_SCHEMA, "
    "EVENT_OBJECT_TABLE FROM information_schema.TRIGGERS "
    f"WHERE TRIGGER_SCHEMA NOT IN {_OWN_SCHEMAS} ORDER BY 1, 2"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextOfObject:
    """A view or trigger.

    Attributes:
        text: Empty where the account may not see it.
        table: Schema and table that a trigger belongs to.
    """

    schema: str
    name: str
    text: str
    table: tuple[str, str] | None = None


def view_texts(connection: Connection) -> tuple[TextOfObject, ...]:
    """Every view that the account sees; without SHOW VIEW its text is empty.

    Raises:
        LockWaitTimeout: somebody holds a table that a view is made of.
    """
    rows = connection.query(_VIEWS, table="a view")
    return tuple(
        TextOfObject(schema=str(row[0]), name=str(row[1]), text=_text(row[2])) for row in rows
    )


def trigger_texts(connection: Connection) -> tuple[TextOfObject, ...]:
    """Every trigger that the account sees; without TRIGGER it sees none. Raises as `view_texts`."""
    rows = connection.query(_TRIGGERS, table="a table with triggers")
    return tuple(
        TextOfObject(
            schema=str(row[0]),
            name=str(row[1]),
            text=_text(row[2]),
            table=(str(row[3]), str(row[4])),
        )
        for row in rows
    )


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return "" if value is None else str(value)
