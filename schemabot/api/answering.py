"""Values -> responses; the text is made once, so that a stored answer is the same text."""

import json
from collections.abc import Mapping

from starlette.responses import Response

from schemabot.api.schemas.wire import Answer
from schemabot.domain.idempotency import StoredAnswer

JSON = "application/json"


def ok(answer: Answer, *, headers: Mapping[str, str] | None = None) -> Response:
    """200 with the document."""
    return Response(answer.text(), media_type=JSON, headers=dict(headers or {}))


def written(answer: StoredAnswer, *, status: int, location: str | None = None) -> Response:
    """The stored answer of a write; a replay says so.

    Args:
        answer: The text that its first execution gave.
        status: Of the route's success.
        location: Key of the document that holds the new object's address in its `links`.
    """
    headers = {"Idempotency-Replayed": "true"} if answer.is_replay else {}
    if location is not None:
        headers["Location"] = json.loads(answer.body)["links"][location]
    return Response(answer.body, status_code=status, media_type=JSON, headers=headers)
