"""Work as the target's own record keeps it, read back (T-34)."""

import json
from collections.abc import Mapping
from typing import Any

from tern.values.plan import ChangeType, Verdict
from tern.values.progress import TaskStatus
from tern.values.run import RunOptions, Work, WorkStatement
from tern.values.target import DatabaseType, Target


def work_from(text: str) -> Work:
    """The work that was put on record; the inverse of what `mysql_site` writes."""
    document = json.loads(text)
    return Work(**{
        **document,
        "target": _target(document["target"]),
        "options": RunOptions(**document["options"]),
        "statements": tuple(map(_statement, document["statements"])),
    })


def _target(document: Mapping[str, Any]) -> Target:
    return Target(**{**document, "type": DatabaseType(document["type"])})


def _statement(document: Mapping[str, Any]) -> WorkStatement:
    return WorkStatement(**{
        **document,
        "change_type": ChangeType(document["change_type"]),
        "verdict": Verdict(document["verdict"]),
        "status": TaskStatus(document["status"]),
        "unsafe_reasons": tuple(document["unsafe_reasons"]),
    })
