"""What is assigned to a column of the shadow: the source's own value, but for one change of clocks.

An ALTER reads and writes a TIMESTAMP in the server's global time zone. The engine's sessions are in
UTC, so that a change key of that type has one text; hence that conversion is spelled out.
"""

from tern.ddl.identifiers import quote
from tern.engine.online.link import ColumnPair, Link

# No TIMESTAMP: the server refuses it, as it refuses in an ALTER what this stands for.
_NO_TIME = "CAST('9999-12-31' AS DATETIME)"
_READABLE = ("datetime", "date")


def copied_values(link: Link) -> str:
    """The select list that belongs to the columns of the link."""
    return ", ".join(copied_value(pair, zone=link.zone) for pair in link.columns)


def copied_value(pair: ColumnPair, *, zone: str) -> str:
    """The expression over the source's row whose assignment does what an ALTER would.

    CONVERT_TZ gives back unchanged what lies beyond its range, and moves what lies in the hour that
    a clock leaps over; an ALTER refuses both. So what does not come back as it went is refused.
    """
    value = quote(pair.origin.name)
    if not crosses_clocks(pair) or not zone:
        return value
    there = f"CONVERT_TZ({value}, {_text(zone)}, '+00:00')"
    if _is_timestamp(pair.origin.type):
        local = f"CONVERT_TZ({value}, '+00:00', {_text(zone)})"
        return f"IF({value} IS NULL OR {value} = 0, {value}, {local})"
    back = f"CONVERT_TZ({there}, '+00:00', {_text(zone)})"
    return f"IF({value} IS NULL OR {value} = 0, {value}, IF({back} = {value}, {there}, {_NO_TIME}))"


def crosses_clocks(pair: ColumnPair) -> bool:
    """Whether exactly one of the two is a TIMESTAMP."""
    return _is_timestamp(pair.origin.type) != _is_timestamp(pair.target.type)


def is_convertible(pair: ColumnPair) -> bool:
    """Whether `copied_value` is right in every zone: text is read by the server alone, in UTC."""
    is_read_as_text = _is_timestamp(pair.target.type) and crosses_clocks(pair)
    return not is_read_as_text or pair.origin.type.startswith(_READABLE)


def _is_timestamp(type_text: str) -> bool:
    return type_text.startswith("timestamp")


def _text(zone: str) -> str:
    return "'" + zone.replace("'", "''") + "'"
