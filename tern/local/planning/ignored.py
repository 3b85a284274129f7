"""Tables that no plan touches, and whose they are."""

import re
from collections.abc import Sequence

OWN_PREFIX = "_schemabot_"

# Shadow, retired, probe and checkpoint tables of our engine; those of gh-ost,
# pt-online-schema-change and Vitess.
_OWN_ENGINE = re.compile(r".*_sb[a-z2-7]{5}_[nopc]", re.DOTALL)
_OTHER_TOOLS = (
    re.compile(r"_.+_(gho|ghc|del|new|old|chkpnt)", re.DOTALL),
    re.compile(r"_vt_.*", re.DOTALL),
)


def reason_to_ignore(table: str, patterns: Sequence[re.Pattern[str]]) -> str | None:
    """Why the table is none of the plan's business; None when it is (P-27)."""
    if table.startswith(OWN_PREFIX) or _OWN_ENGINE.fullmatch(table):
        return "belongs to SchemaBot"
    if any(pattern.fullmatch(table) for pattern in _OTHER_TOOLS):
        return "looks like another schema change tool's"
    for pattern in patterns:
        if pattern.search(table):
            return f"ignore_tables: {pattern.pattern}"
    return None
