"""What stands in the way, as a box of facts (C-15)."""

from collections.abc import Iterator, Mapping

from rich.text import Text

from cli.render.words import plain

_LABELS = {
    "apply_id": "apply",
    "state": "state",
    "caller": "by",
    "started_at": "started",
    "database": "database",
    "owner": "owner",
    "reason": "reason",
    "created_at": "since",
    "environment": "environment",
}


def conflict_lines(details: Mapping[str, object]) -> Iterator[Text]:
    """The blocking apply or lock; nothing when the details name none."""
    lock = details.get("lock")
    facts = lock if isinstance(lock, dict) else details
    for name, label in _LABELS.items():
        value = facts.get(name)
        if value is not None and not isinstance(value, dict | list):
            yield Text(f"  {label:<12}{plain(str(value))}")
