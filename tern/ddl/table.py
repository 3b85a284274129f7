"""A table as its server prints it: definitions verbatim, and what a comparison asks of them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from tern.ddl.identifiers import fold

PRIMARY = "PRIMARY"
Collations = Mapping[str, tuple[str | None, str | None]]


class Storage(StrEnum):
    """Whether a generated column's values are kept."""

    VIRTUAL = "virtual"
    STORED = "stored"


class IndexKind(StrEnum):
    """The word that an index is defined with."""

    PRIMARY = "primary"
    UNIQUE = "unique"
    PLAIN = "plain"
    FULLTEXT = "fulltext"
    SPATIAL = "spatial"
    VECTOR = "vector"


class PartitionKind(StrEnum):
    """How rows find their partition."""

    RANGE = "range"
    LIST = "list"
    HASH = "hash"
    KEY = "key"
    SYSTEM_TIME = "system_time"


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """The expression that a column's values come from."""

    expression: str
    storage: Storage


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column.

    Attributes:
        definition: Verbatim, all that follows the name.
        plain_definition: The same without CHARACTER SET and COLLATE of the type.
        charset_at: Where in `plain_definition` these would stand.
        shape: The plain definition, one text for all that differ in spacing or case of names.
        type: As printed, such as `bigint unsigned` or `enum('a','b')`.
        default: As printed, such as `NULL` or `'x'`; None where there is no default.
        comment: The literal as printed, quotes included.
        uses: Folded names of columns that its expressions mention.
        charset: Effective, with `collation`, from the catalogue; None if unknown or not of text.
        text: Verbatim, with the name.
    """

    name: str
    definition: str
    plain_definition: str
    charset_at: int
    shape: str
    type: str
    is_nullable: bool = True
    default: str | None = None
    on_update: str | None = None
    generated: Generated | None = None
    is_row_bound: bool = False
    is_auto_increment: bool = False
    is_invisible: bool = False
    comment: str | None = None
    check: str | None = None
    uses: frozenset[str] = frozenset()
    charset: str | None = None
    collation: str | None = None
    text: str

    def with_charset_spelled(self) -> str:
        """The definition with its effective charset and collation written out."""
        if self.charset is None or self.collation is None:
            return self.definition
        clause = f" CHARACTER SET {self.charset} COLLATE {self.collation}"
        head, tail = (
            self.plain_definition[: self.charset_at],
            self.plain_definition[self.charset_at :],
        )
        return f"{head}{clause}{tail}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """One index, the primary key included.

    Attributes:
        name: `PRIMARY` for the primary key.
        parts: What is between the parentheses, part by part, as printed.
        columns: Folded names of the columns that its parts mention, in order.
        computed_from: Those that an expression among the parts mentions.
        options: What follows the parts, without its visibility, one space between tokens.
        text: Verbatim.
    """

    name: str
    kind: IndexKind
    parts: tuple[str, ...]
    columns: tuple[str, ...]
    computed_from: frozenset[str] = frozenset()
    options: str
    is_visible: bool = True
    text: str

    def shape(self) -> tuple[IndexKind, tuple[str, ...], str]:
        """What makes it the index that it is: all but name and visibility."""
        return self.kind, self.parts, self.options

    def is_unique(self) -> bool:
        """Whether it forbids duplicates."""
        return self.kind in {IndexKind.PRIMARY, IndexKind.UNIQUE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A check of the table; MariaDB's checks of one column belong to that column's text.

    Attributes:
        expression: Between its parentheses, these included, one space between tokens.
        uses: Folded names of the columns that it mentions.
    """

    name: str
    expression: str
    uses: frozenset[str]
    is_enforced: bool = True
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignKey:
    """A reference to another table.

    Attributes:
        columns: Own columns, in order; `parent_columns` pair with them.
        parent_schema: None where it is the table's own schema.
        actions: What follows the parent's columns, one space between tokens.
    """

    name: str
    columns: tuple[str, ...]
    parent_schema: str | None
    parent_table: str
    parent_columns: tuple[str, ...]
    actions: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A span between two columns: `SYSTEM_TIME`, or an application's own."""

    name: str
    columns: tuple[str, ...]
    text: str


Part = Column | Index | Check | ForeignKey | Period


@dataclass(frozen=True, slots=True, kw_only=True)
class TableOption:
    """One option behind the definitions.

    Attributes:
        name: Canonical: `engine`, `charset`, `row_format`.
        value: As printed; empty where the option takes none.
        text: Verbatim.
    """

    name: str
    value: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """One partition.

    Attributes:
        values: Which rows it holds, such as `VALUES LESS THAN (10)`; empty where the method says.
        bounds: What is between the parentheses of `values`, item by item.
        options: Comment and sub-partitions, without the engine, one space between tokens.
        text: Verbatim.
    """

    name: str
    values: str
    bounds: tuple[str, ...]
    options: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Partitioning:
    """How the table is cut.

    Attributes:
        method: Method and expression, such as `RANGE ( `id` )`, one space between tokens.
        subpartitioning: The same for sub-partitions, with their number; empty for none.
        count: The number of partitions where they aren't listed; else None.
        text: Verbatim, without the line end before it.
    """

    kind: PartitionKind
    method: str
    subpartitioning: str
    count: int | None
    partitions: tuple[Partition, ...]
    uses: frozenset[str]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table.

    Attributes:
        parts: All definitions, in the order printed.
        named_options: Options that the schema file names; None where there is no file, and then
            those count that the text prints.
        text: What the server printed.
    """

    name: str
    parts: tuple[Part, ...]
    options: tuple[TableOption, ...]
    partitioning: Partitioning | None
    named_options: frozenset[str] | None = None
    text: str

    @property
    def columns(self) -> tuple[Column, ...]:
        """In order."""
        return tuple(part for part in self.parts if isinstance(part, Column))

    @property
    def indexes(self) -> tuple[Index, ...]:
        """In the order printed, the primary key included."""
        return tuple(part for part in self.parts if isinstance(part, Index))

    @property
    def checks(self) -> tuple[Check, ...]:
        """Checks of the table."""
        return tuple(part for part in self.parts if isinstance(part, Check))

    @property
    def foreign_keys(self) -> tuple[ForeignKey, ...]:
        """References to other tables."""
        return tuple(part for part in self.parts if isinstance(part, ForeignKey))

    @property
    def periods(self) -> tuple[Period, ...]:
        """Spans between two columns."""
        return tuple(part for part in self.parts if isinstance(part, Period))

    def column(self, name: str) -> Column | None:
        """The column that the server finds under this name."""
        key = fold(name)
        return next((column for column in self.columns if fold(column.name) == key), None)

    def primary_key(self) -> Index | None:
        """The primary key, if there is one."""
        return next((index for index in self.indexes if index.kind is IndexKind.PRIMARY), None)

    def option(self, name: str) -> str | None:
        """The value of an option as printed; None where the text doesn't name it."""
        return next((option.value for option in self.options if option.name == name), None)


def with_collations(table: Table, collations: Collations) -> Table:
    """The table whose columns carry these effective charsets and collations, by column name.

    A column that isn't named keeps what it has.
    """
    by_key = {fold(name): pair for name, pair in collations.items()}
    parts: list[Part] = []
    for part in table.parts:
        if isinstance(part, Column) and fold(part.name) in by_key:
            charset, collation = by_key[fold(part.name)]
            parts.append(replace(part, charset=charset, collation=collation))
        else:
            parts.append(part)
    return replace(table, parts=tuple(parts))


def with_named_options(table: Table, names: frozenset[str]) -> Table:
    """The table as desired by a file that names exactly these options."""
    return replace(table, named_options=names)
