"""Names: how they are quoted, and when a server takes two of them for one."""

from dataclasses import dataclass

from tern.ddl.flavor import Flavor

MAX_NAME_CHARACTERS = 64


def quote(name: str) -> str:
    """The name between backticks, safe whatever characters it holds."""
    return "`" + name.replace("`", "``") + "`"


def unquote(text: str) -> str:
    """The name that an identifier in SQL text stands for, whether or not it is quoted."""
    if len(text) > 1 and text.startswith("`") and text.endswith("`"):
        return text[1:-1].replace("``", "`")
    return text


def qualified(schema: str, table: str) -> str:
    """Schema and table, quoted, with a dot between them."""
    return f"{quote(schema)}.{quote(table)}"


def fold(name: str) -> str:
    """The name in lower case, folded as a server does: character by character, in place."""
    return "".join(_lower(character) for character in name)


@dataclass(frozen=True, slots=True)
class Names:
    """Names as one server compares them; keys are equal exactly when the names are."""

    flavor: Flavor

    def table_key(self, name: str) -> str:
        """A key for tables and schemas: as spelled where the server tells cases apart."""
        return name if self.flavor.lower_case_table_names == 0 else fold(name)

    def column_key(self, name: str) -> str:
        """A key for what lives inside a table: columns, indexes, constraints and partitions."""
        return fold(name)

    def same_table(self, one: str, other: str) -> bool:
        """Whether the server takes both for one table."""
        return self.table_key(one) == self.table_key(other)

    def same_column(self, one: str, other: str) -> bool:
        """Whether the server takes both for one column."""
        return fold(one) == fold(other)


def _lower(character: str) -> str:
    lowered = character.lower()
    return lowered if len(lowered) == 1 else character
