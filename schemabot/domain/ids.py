"""Ids: a prefix and 16 hex digits. A NewType each, so that one is never passed for another."""

import re
import secrets
from typing import NewType

from schemabot.domain.errors import MalformedId

PlanId = NewType("PlanId", str)
ApplyId = NewType("ApplyId", str)
TaskId = NewType("TaskId", str)
RequestId = NewType("RequestId", str)  # `<control request row>-<generation>`

_SHAPE = re.compile(r"(plan|apply|task)-[0-9a-f]{16}")


def mint_plan_id() -> PlanId:
    """A new plan id."""
    return PlanId(f"plan-{secrets.token_hex(8)}")


def mint_apply_id() -> ApplyId:
    """A new apply id, drawn before the row is written so that a lost COMMIT can be looked up."""
    return ApplyId(f"apply-{secrets.token_hex(8)}")


def mint_task_id() -> TaskId:
    """A new task id."""
    return TaskId(f"task-{secrets.token_hex(8)}")


def parse_plan_id(text: str) -> PlanId:
    """Raises MalformedId unless the text is a plan id."""
    return PlanId(_checked("plan", text))


def parse_apply_id(text: str) -> ApplyId:
    """Raises MalformedId unless the text is an apply id."""
    return ApplyId(_checked("apply", text))


def parse_task_id(text: str) -> TaskId:
    """Raises MalformedId unless the text is a task id."""
    return TaskId(_checked("task", text))


def _checked(kind: str, text: str) -> str:
    match = _SHAPE.fullmatch(text)
    if match is None or match[1] != kind:
        raise MalformedId(kind=kind, text=text)
    return text
