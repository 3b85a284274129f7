"""Which tables differ from their files, found out as cheaply as the server's own word allows.

Three tiers (P-14). The file's tokens are those of the live text: the same. A temporary table made
from the file prints the live text: the same, and nothing reached disk, binary log or replicas. All
others are built as ordinary tables in a scratch schema, and what the server prints there is what
the file means.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from tern.ddl.identifiers import quote
from tern.ddl.spelled_charsets import tell_the_same
from tern.ddl.statements import CreateTable, Definition
from tern.errors import LockWaitTimeout, SchemaBotError
from tern.local.planning.crew import Crew
from tern.local.planning.desired import DesiredSchema, place_problem
from tern.local.planning.live import LiveSchema, LiveTable
from tern.local.planning.namespaces import Namespace
from tern.local.planning.places import find_place
from tern.local.planning.printed import Circumstance, PrintedTexts, digest_of
from tern.local.planning.problems import Problems
from tern.local.planning.sameness import says_the_same
from tern.local.planning.schema_mapping import SchemaMapping
from tern.mysql.catalogue import SchemaDefaults
from tern.mysql.connection import Connection
from tern.mysql.error_codes import is_connection_lost, is_syntax, is_time_limit, text_of
from tern.mysql.introspect import SEQUENCE, TABLE, show_create, without_counter
from tern.mysql.retry import in_whole
from tern.values.plan import Problem

# What a temporary table can't have, or prints otherwise than an ordinary one.
_NEVER_TEMPORARY = (
    "foreign",
    "references",
    "partition",
    "fulltext",
    "compressed",
    "key_block_size",
    "versioning",
    "encryption",
    "tablespace",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One definition of the files, with the live table of its name if there is one."""

    namespace: Namespace
    key: str
    definition: Definition
    live: LiveTable | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A definition as the server printed it, with the real names of schemas; no counter."""

    wanted: Wanted
    text: str

    @property
    def is_unchanged(self) -> bool:
        """Whether the live table prints just this."""
        live = self.wanted.live
        return live is not None and without_counter(live.text) == self.text


class Comparison:
    """Compares files with live tables in the desired scratch schemas."""

    def __init__(
        self,
        *,
        schemas: Mapping[str, str],
        mapping: SchemaMapping,
        problems: Problems,
        known: "KnownTexts",
    ) -> None:
        self._schemas = schemas
        self._mapping = mapping
        self._problems = problems
        self._known = known

    def build(self, crew: Crew, wanted: Sequence[Wanted]) -> list[Built]:
        """What these definitions mean, for those that the cheaper tiers can't tell to be the same.

        What the server rejects becomes a problem with its place.
        """
        undecided = [
            one for one in wanted if one.live is not None and may_be_temporary(one.definition)
        ]
        sure = {id(one) for one in undecided}
        same = crew.each(self._is_same_as_temporary, undecided)
        left = [one for one in wanted if id(one) not in sure]
        left += [one for one, is_same in zip(undecided, same, strict=True) if not is_same]
        built = crew.each(self._build, left)
        return [one for one in built if one is not None]

    def _is_same_as_temporary(self, connection: Connection, wanted: Wanted) -> bool:
        """Whether a temporary table from the file prints the live text; any doubt is a no."""
        definition, live = wanted.definition, wanted.live
        if not isinstance(definition, CreateTable) or live is None:
            return False
        schema = self._schemas[wanted.namespace.name]
        connection.enter(schema)
        temporary = self._mapping.to_scratch(definition.temporary_text())
        try:
            connection.execute(temporary)
        except SchemaBotError as error:
            if is_connection_lost(error):
                raise
            return False
        is_clean = connection.warning_count == 0
        text = show_create(connection, schema=schema, table=definition.name)
        # Left there it would hide the ordinary table of its name from this session.
        connection.execute(f"DROP TEMPORARY TABLE {quote(definition.name)}")
        printed = without_counter(text.replace("CREATE TEMPORARY TABLE", "CREATE TABLE", 1))
        present = without_counter(live.text)
        is_same = printed == present or (
            not connection.flavor.is_mariadb() and tell_the_same(printed, present)
        )
        if is_clean and temporary == definition.temporary_text():
            self._known.keep(wanted, present if is_same else printed)
        return is_clean and is_same

    def _build(self, connection: Connection, wanted: Wanted) -> Built | None:
        schema = self._schemas[wanted.namespace.name]
        definition = wanted.definition
        connection.enter(schema)
        try:
            self._create(connection, definition)
            kind = TABLE if isinstance(definition, CreateTable) else SEQUENCE
            text = show_create(connection, schema=schema, table=definition.name, kind=kind)
        except SchemaBotError as error:
            if is_connection_lost(error) and not is_time_limit(error):
                raise
            self._problems.add(_rejected(wanted, error, self._mapping))
            return None
        return Built(wanted=wanted, text=self._mapping.to_real(without_counter(text)))

    def _create(self, connection: Connection, definition: Definition) -> None:
        text = self._mapping.to_scratch(definition.text)
        # Tables of one foreign key, built side by side, lock each other's dictionary entries.
        in_whole(partial(connection.execute, text, table=definition.name))


class KnownTexts:
    """Which definitions earlier plans have shown to be what is live (P-14, second tier)."""

    def __init__(
        self,
        texts: PrintedTexts,
        circumstance: Circumstance,
        *,
        defaults: Mapping[str, SchemaDefaults],
    ) -> None:
        self._texts = texts
        self._circumstance = circumstance
        self._defaults = defaults

    def is_live(self, wanted: Wanted) -> bool:
        """Whether the server has printed just the live text for it, under the same settings."""
        if wanted.live is None or not may_be_temporary(wanted.definition):
            return False
        printed = self._texts.get(self._key(wanted))
        return printed is not None and printed == digest_of(without_counter(wanted.live.text))

    def keep(self, wanted: Wanted, printed: str) -> None:
        """Remember what a temporary table printed, or a live text that means the same."""
        self._texts.keep(self._key(wanted), digest_of(printed))

    def _key(self, wanted: Wanted) -> bytes:
        defaults = self._defaults[wanted.namespace.name]
        return self._circumstance.key(wanted.definition.text, defaults)


def pair(
    desired: Iterable[DesiredSchema], live: Mapping[str, LiveSchema]
) -> tuple[list[Wanted], list[Wanted]]:
    """Sequences and tables that the files define and that aren't the same by their tokens."""
    sequences: list[Wanted] = []
    tables: list[Wanted] = []
    for schema in desired:
        space, present = schema.namespace, live[schema.namespace.name].tables
        sequences += [_wanted(space, keyed, present) for keyed in schema.sequences.items()]
        tables += [_wanted(space, keyed, present) for keyed in schema.tables.items()]
    return sequences, [one for one in tables if not _is_same_by_tokens(one)]


def may_be_temporary(definition: Definition) -> bool:
    """Whether a temporary table can tell what this means: the second tier answers for no other."""
    if not isinstance(definition, CreateTable):
        return False
    lowered = definition.text.lower()
    return not any(word in lowered for word in _NEVER_TEMPORARY)


def _wanted(
    namespace: Namespace, keyed: tuple[str, Definition], live: Mapping[str, LiveTable]
) -> Wanted:
    key, definition = keyed
    return Wanted(namespace=namespace, key=key, definition=definition, live=live.get(key))


def _is_same_by_tokens(wanted: Wanted) -> bool:
    live = wanted.live
    return live is not None and says_the_same(wanted.definition, live.text)


def _rejected(wanted: Wanted, error: SchemaBotError, mapping: SchemaMapping) -> Problem:
    """What the server said of a definition, at its place in the file (P-10)."""
    definition = wanted.definition
    if isinstance(error, LockWaitTimeout):
        return place_problem(wanted.namespace, definition, code=error.code, message=error.message)
    if is_time_limit(error):
        message = "the server did not finish building it in 30 s"
        return place_problem(wanted.namespace, definition, code="table_rejected", message=message)
    place = find_place(mapping.to_real_words(text_of(error)), definition.source)
    return Problem(
        code="sql_syntax" if is_syntax(error) else "table_rejected",
        message=place.message,
        namespace=wanted.namespace.name,
        table=definition.name,
        file=definition.source.file,
        line=place.line,
        column=place.column,
    )
