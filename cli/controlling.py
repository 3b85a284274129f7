"""Control requests and their outcomes (C-10, C-27)."""

from collections.abc import Mapping
from contextlib import aclosing

import anyio

from cli.client import Answer
from cli.errors import EnvironmentGuard, RequestFailed, StillPending
from cli.session import Session
from cli.watching import follow
from schemabot.api.schemas.apply import ControlRequestAnswer
from schemabot.api.schemas.progress import ProgressAnswer

WAIT_SECONDS = 60.0


async def ask(
    session: Session,
    operation: str,
    apply_id: str,
    *,
    environment: str,
    more: Mapping[str, object] | None = None,
) -> ControlRequestAnswer:
    """The answer to a control request on an apply of this very environment.

    Raises:
        EnvironmentGuard: the apply runs elsewhere; nothing was asked.
        SchemaBotError: the service refused.
    """
    actual = (await guarded(session, apply_id, environment=environment)).environment
    body = {"apply_id": apply_id, "environment": actual, **(more or {})}
    answer = await session.service.post(f"/api/{operation}", ControlRequestAnswer, body=body)
    return answer.document


async def guarded(session: Session, apply_id: str, *, environment: str) -> ProgressAnswer:
    """The apply, which runs in this very environment. Raises EnvironmentGuard."""
    progress = await session.service.get(f"/api/progress/{apply_id}", ProgressAnswer)
    actual = progress.document.environment
    if actual.lower() != environment.lower():
        raise EnvironmentGuard(apply_id=apply_id, named=environment, actual=actual)
    return progress.document


async def outcome_of(session: Session, answer: ControlRequestAnswer) -> ProgressAnswer | None:
    """The apply once the request has ended well; None when there was nothing to do.

    Raises:
        RequestFailed: it ended otherwise; says why.
        StillPending: no outcome within a minute.
    """
    if answer.request_id is None:
        return None
    with anyio.move_on_after(WAIT_SECONDS):
        return await _ended(session, answer)
    raise StillPending(operation=answer.operation, apply_id=answer.apply_id, seconds=WAIT_SECONDS)


async def _ended(session: Session, answer: ControlRequestAnswer) -> ProgressAnswer | None:
    async with aclosing(follow(session.service, answer.apply_id)) as pictures:
        async for seen in pictures:
            if isinstance(seen, Answer) and _has_ended(seen.document, answer):
                return seen.document
    return None


def _has_ended(progress: ProgressAnswer, answer: ControlRequestAnswer) -> bool:
    """Raises RequestFailed when the request did."""
    found = (each for each in progress.control_requests if each.request_id == answer.request_id)
    request = next(found, None)
    if request is not None and request.status == "failed":
        raise RequestFailed(
            operation=answer.operation,
            apply_id=answer.apply_id,
            reason=request.error or "no reason given",
        )
    return progress.terminal or request is None or request.status == "completed"
