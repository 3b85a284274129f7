"""What this account may do, read from SHOW GRANTS, and the GRANT that mends what it lacks.

SHOW GRANTS without a name covers the active roles on both vendors, one grantee after another. Of
one grantee's schema patterns a server obeys only the most specific one that matches, so a narrow
pattern with few rights hides a wide one with many.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tern.ddl.identifiers import unquote
from tern.mysql.connection import Connection

ALL = "ALL PRIVILEGES"

_QUOTED = r"`(?:[^`]|``)*`"
_PART = rf"(?:\*|{_QUOTED})"
_GRANT = re.compile(
    rf"(?P<verb>GRANT|REVOKE) (?P<privileges>[A-Z_, ]+(?:\((?:{_QUOTED}|[^)`])*\)[A-Z_, ]*)*) "
    rf"ON (?P<schema>{_PART})\.(?P<table>{_PART}) (?:TO|FROM) (?P<grantee>.+?)"
    r"(?: IDENTIFIED .*| REQUIRE .*| WITH .*)?$",
    re.DOTALL,
)
_COLUMN_LIST = re.compile(rf"[A-Z_ ]+\((?:{_QUOTED}|[^)`])*\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Privileges on everything, a pattern of schemas or one table.

    Attributes:
        schema: A pattern with `%`, `_` and backslash as in LIKE; None for every schema.
        table: None for every table.
        is_revoked: The line takes away (MySQL's partial revokes) instead of giving.
    """

    privileges: frozenset[str]
    schema: str | None
    table: str | None
    grantee: str
    is_revoked: bool = False

    def covers(self, privilege: str) -> bool:
        """Whether the privilege is among these."""
        return privilege in self.privileges or ALL in self.privileges


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Privileges that something requires.

    Attributes:
        schema: The schema they must hold in; None means globally.
        pattern: How the GRANT that mends it names the schema, where that is wider than `schema`.
    """

    privileges: tuple[str, ...]
    schema: str | None = None
    pattern: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grants:
    """What one account may do, its active roles included."""

    account: str
    grants: tuple[Grant, ...]

    def has(self, privilege: str, *, schema: str | None = None) -> bool:
        """Whether the account has the privilege globally, or on all of the schema."""
        if schema is None:
            return any(g.covers(privilege) for g in self.grants if g.schema is None)
        if self._is_revoked(privilege, schema):
            return False
        return self.has(privilege) or any(
            g.covers(privilege) for g in self._schema_grants(schema) if not g.is_revoked
        )

    def missing(self, needs: Iterable[Need]) -> tuple[str, ...]:
        """A GRANT for each need that isn't met, with only the privileges that lack."""
        lacking = [(need, self._lacking(need)) for need in needs]
        return tuple(self._grant(need, names) for need, names in lacking if names)

    def _lacking(self, need: Need) -> list[str]:
        return [name for name in need.privileges if not self.has(name, schema=need.schema)]

    def _grant(self, need: Need, names: Sequence[str]) -> str:
        if need.schema is None:
            on = "*.*"
        else:
            on = f"`{(need.pattern or escape_pattern(need.schema)).replace('`', '``')}`.*"
        return f"GRANT {', '.join(names)} ON {on} TO {self.account}"

    def _is_revoked(self, privilege: str, schema: str) -> bool:
        return any(g.is_revoked and g.schema == schema and g.covers(privilege) for g in self.grants)

    def _schema_grants(self, schema: str) -> list[Grant]:
        """Per grantee, the most specific of the patterns that match."""
        best: dict[str, Grant] = {}
        for grant in self.grants:
            if grant.schema is None or grant.table is not None or grant.is_revoked:
                continue
            if _matches(grant.schema, schema):
                rival = best.get(grant.grantee)
                if rival is None or _specificity(grant.schema) > _specificity(rival.schema or ""):
                    best[grant.grantee] = grant
        return list(best.values())


def read_grants(connection: Connection) -> Grants:
    """What the connection's account may do in this session."""
    account = str(connection.value("SELECT CURRENT_USER()"))
    lines = [str(row[0]) for row in connection.query("SHOW GRANTS")]
    return Grants(account=_quoted_account(account), grants=parse_grants(lines))


def parse_grants(lines: Iterable[str]) -> tuple[Grant, ...]:
    """The privileges in lines of SHOW GRANTS; roles, routines and columns say nothing here."""
    found = [_GRANT.match(line) for line in lines]
    return tuple(_grant(match) for match in found if match)


def escape_pattern(schema: str) -> str:
    """The schema's name as a pattern that matches nothing else."""
    return re.sub(r"([\\_%])", r"\\\1", schema)


def _grant(match: re.Match[str]) -> Grant:
    whole = _COLUMN_LIST.sub("", match["privileges"])
    return Grant(
        privileges=frozenset(name.strip() for name in whole.split(",") if name.strip()),
        schema=None if match["schema"] == "*" else unquote(match["schema"]),
        table=None if match["table"] == "*" else unquote(match["table"]),
        grantee=match["grantee"],
        is_revoked=match["verb"] == "REVOKE",
    )


def _quoted_account(account: str) -> str:
    user, _, host = account.rpartition("@")
    return "@".join("'" + part.replace("'", "''") + "'" for part in (user, host))


def _matches(pattern: str, schema: str) -> bool:
    """Whether a schema pattern of a GRANT covers the name, by the rules of LIKE."""
    wildcards = {"%": ".*", "_": "."}
    pieces = re.findall(r"\\.|.", pattern, re.DOTALL)
    expression = "".join(
        wildcards.get(piece) or re.escape(piece[1:] if len(piece) > 1 else piece)
        for piece in pieces
    )
    return re.fullmatch(expression, schema, re.DOTALL) is not None


def _specificity(pattern: str) -> int:
    """How many characters stand before the first wildcard; servers sort patterns by this."""
    before = re.match(r"(?:\\.|[^%_\\])*", pattern, re.DOTALL)
    fixed = before[0] if before else ""
    return len(pattern) + 1 if fixed == pattern else len(fixed)
