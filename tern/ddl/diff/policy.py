"""What of a table is managed and what is left to others: the `plan:` part of schemabot.yaml."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from tern.ddl.options import CHARSET, SYSTEM_VERSIONING


class ColumnOrder(StrEnum):
    """Whether columns are moved to where the file has them."""

    MANAGED = "managed"
    IGNORED = "ignored"


class PartitionPolicy(StrEnum):
    """Whether the list of partitions follows the file, or only their method does."""

    MANAGED = "managed"
    LIST_IGNORED = "list_ignored"


class OptionClass(StrEnum):
    """How a table option is compared.

    A managed option that the file leaves out gets the server's default; a sticky one is compared
    only if the file names it.
    """

    MANAGED = "managed"
    STICKY = "sticky"
    IGNORED = "ignored"


_DEFAULT_CLASSES: Mapping[str, OptionClass] = MappingProxyType({
    CHARSET: OptionClass.MANAGED,
    "comment": OptionClass.MANAGED,
    SYSTEM_VERSIONING: OptionClass.MANAGED,
    "auto_increment": OptionClass.IGNORED,
})


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffPolicy:
    """How tables are compared; `options` overrides the class of single options by name."""

    column_order: ColumnOrder = ColumnOrder.MANAGED
    partitions: PartitionPolicy = PartitionPolicy.MANAGED
    options: Mapping[str, OptionClass] = field(default_factory=dict)

    def option_class(self, name: str) -> OptionClass:
        """The class of an option by its canonical name; a collation goes with its charset."""
        chosen = self.options.get(name)
        return chosen or _DEFAULT_CLASSES.get(name, OptionClass.STICKY)
