"""Table options that must be set, by the class that each is in."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import assert_never

from tern.ddl.clauses import AddSystemVersioning, Clause, DropSystemVersioning, SetOption
from tern.ddl.diff.policy import DiffPolicy, OptionClass
from tern.ddl.options import CHARSET, COLLATE, SYSTEM_VERSIONING
from tern.ddl.table import Table

# How an option is set back where the desired text prints nothing for it; else `NAME=DEFAULT`.
_RESETS: Mapping[str, str] = MappingProxyType({
    "comment": "COMMENT=''",
    "connection": "CONNECTION=''",
    "union": "UNION=()",
    "key_block_size": "KEY_BLOCK_SIZE=0",
    "min_rows": "MIN_ROWS=0",
    "max_rows": "MAX_ROWS=0",
    "avg_row_length": "AVG_ROW_LENGTH=0",
    "checksum": "CHECKSUM=0",
    "delay_key_write": "DELAY_KEY_WRITE=0",
    "compression": "COMPRESSION='NONE'",
    "encryption": "ENCRYPTION='N'",
    "autoextend_size": "AUTOEXTEND_SIZE=0",
    "engine_attribute": "ENGINE_ATTRIBUTE=''",
    "secondary_engine": "SECONDARY_ENGINE=NULL",
    "secondary_engine_attribute": "SECONDARY_ENGINE_ATTRIBUTE=''",
})


def diff_options(live: Table, desired: Table, policy: DiffPolicy) -> Iterator[SetOption]:
    """Options to set, in the order of the desired text, then those to set back."""
    printed = [option.name for option in desired.options]
    absent = [option.name for option in live.options if option.name not in printed]
    for name in dict.fromkeys([*printed, *absent, *sorted(desired.named_options or ())]):
        if not is_compared(name, desired, policy):
            continue
        old, new = option_value(live, name), option_value(desired, name)
        if old != new:
            yield SetOption(name=name, old=old, new=new, text=_option_text(desired, name))


def diff_versioning(live: Table, desired: Table) -> Clause | None:
    """The clause that begins or ends system versioning, if it must."""
    was, is_wanted = is_versioned(live), is_versioned(desired)
    if was == is_wanted:
        return None
    return AddSystemVersioning() if is_wanted else DropSystemVersioning()


def is_versioned(table: Table) -> bool:
    """Whether the server keeps old rows of this table."""
    return table.option(SYSTEM_VERSIONING) is not None


def is_compared(name: str, desired: Table, policy: DiffPolicy) -> bool:
    """Whether this option of the desired table is to be reached."""
    if name in {COLLATE, SYSTEM_VERSIONING}:  # part of the charset; a clause of its own
        return False
    match policy.option_class(name):
        case OptionClass.MANAGED:
            return True
        case OptionClass.IGNORED:
            return False
        case OptionClass.STICKY:
            return name in _named(desired)
        case unknown:
            assert_never(unknown)


def option_value(table: Table, name: str) -> str | None:
    """What the text prints for an option; a charset goes with its collation."""
    value = table.option(name)
    if name == CHARSET and value is not None:
        collation = table.option(COLLATE)
        return value if collation is None else f"{value} {collation}"
    return value


def _named(desired: Table) -> frozenset[str]:
    if desired.named_options is None:
        return frozenset(option.name for option in desired.options)
    spelled = {CHARSET} if COLLATE in desired.named_options else set()
    return desired.named_options | spelled


def _option_text(desired: Table, name: str) -> str:
    names = (CHARSET, COLLATE) if name == CHARSET else (name,)
    texts = [option.text for option in desired.options if option.name in names]
    return " ".join(texts) or _RESETS.get(name, f"{name.upper()}=DEFAULT")
