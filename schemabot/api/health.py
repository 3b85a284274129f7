"""Endpoints that need no credentials: is it alive, is it ready, what is wrong (A-44)."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from schemabot.api.answering import JSON
from schemabot.api.error_responses import RETRY_AFTER_SECONDS
from schemabot.api.schemas.health import HealthAnswer, LivezAnswer
from schemabot.service.checking import OK, Checking, Readiness


class HealthEndpoints:
    """For probes and for people."""

    def __init__(self, checking: Checking, *, version: str) -> None:
        self._checking = checking
        self._version = version

    async def livez(self, _request: Request) -> Response:
        """`GET /livez`: never touches storage."""
        return Response(LivezAnswer(status="ok").text(), media_type=JSON)

    async def readyz(self, request: Request) -> Response:
        """`GET /readyz`: 503 while it can't do its work."""
        return await self.health(request)

    async def health(self, _request: Request) -> Response:
        """`GET /health`: as readiness, told in full."""
        readiness = await self._checking.readiness()
        answer = HealthAnswer(
            status="ok" if readiness.is_ready else "unready",
            version=self._version,
            components=readiness.components,
        )
        if readiness.is_ready:
            return Response(answer.text(), media_type=JSON)
        body = {**_error(readiness), **answer.model_dump()}
        headers = {"Retry-After": str(RETRY_AFTER_SECONDS)}
        return JSONResponse(body, status_code=503, headers=headers)


def _error(readiness: Readiness) -> dict[str, str]:
    bad = {name: word for name, word in readiness.components.items() if word != OK}
    said = "; ".join(f"{name}: {word}" for name, word in bad.items())
    code = "storage_error" if "storage" in bad else "engine_unavailable"
    return {"error": f"this process is not ready: {said}", "error_code": code}
