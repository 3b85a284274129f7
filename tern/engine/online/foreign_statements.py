"""Statements of others in the log: DDL on our tables, writes whose rows aren't told (E-27)."""

from collections.abc import Callable, Mapping, Sequence

from tern.binlog.batch import Statement
from tern.binlog.watched_table import TableName
from tern.ddl.errors import LexError
from tern.ddl.identifiers import fold, unquote
from tern.ddl.lexer import Token, tokens
from tern.engine.online.errors import ForeignDdl, StatementFormat
from tern.engine.online.lane import Lane
from tern.engine.online.shadow_table import Fingerprint, read_fingerprint
from tern.engine.sessions import Sessions
from tern.errors import TableMissing

_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "LOAD", "WITH", "CALL")
_SHOWN_CHARACTERS = 200


class StatementJudge:
    """Decides whether a run can go on after a statement."""

    def __init__(
        self,
        sessions: Sessions,
        lanes: Sequence[Lane],
        *,
        fingerprints: Callable[[], Mapping[TableName, Fingerprint]],
        server_id: int,
    ) -> None:
        self._sessions = sessions
        self._lanes = lanes
        self._fingerprints = fingerprints
        self._server_id = server_id

    def judge(self, statement: Statement) -> None:
        """Do nothing if the run can go on.

        Raises:
            ForeignDdl: a table of ours is not what it was.
            StatementFormat: rows of a table of ours may have been written untold.
        """
        is_ours = statement.server_id == self._server_id
        if is_ours and self._sessions.is_own(statement.connection_id):
            return
        words = _words(statement.text)
        for lane in self._lanes:
            self._judge_for(lane, statement, words)

    def _judge_for(self, lane: Lane, statement: Statement, words: list[str] | None) -> None:
        source, shadow = lane.link.source, lane.link.shadow
        is_named = words is None or not {fold(source.name), fold(shadow.name)}.isdisjoint(words)
        first = words[0].upper() if words else ""
        if first in _WRITES and (is_named or fold(statement.schema) == fold(source.schema)):
            raise StatementFormat(table=lane.table, statement=_shown(statement))
        if is_named:
            self._compare((source, shadow), statement)

    def _compare(self, tables: Sequence[TableName], statement: Statement) -> None:
        expected = self._fingerprints()
        with self._sessions.open() as connection:
            for table in tables:
                try:
                    found = read_fingerprint(connection, table)
                except TableMissing:
                    found = None
                if found != expected.get(table):
                    raise ForeignDdl(table=str(table), statement=_shown(statement))


def _words(text: str) -> list[str] | None:
    """The statement's words, folded and unquoted; None if it can't be told apart."""
    try:
        read: list[Token] = list(tokens(text))
    except LexError:
        return None
    return [fold(unquote(token.text)) for token in read]


def _shown(statement: Statement) -> str:
    return statement.text[:_SHOWN_CHARACTERS]
