"""Endpoints: stop, start, cancel, cutover, volume, revert, skip-revert (A-22)."""

from starlette.requests import Request
from starlette.responses import Response

from schemabot.api.answering import written
from schemabot.api.decoding import Body, Limits, caller_of, read_body
from schemabot.api.schemas.apply import ControlBody, CutoverBody, VolumeBody, control_answer
from schemabot.domain.control import ControlAnswer, Operation
from schemabot.domain.ids import ApplyId
from schemabot.service.controlling import ControlCommand, Controlling
from schemabot.service.once import Once


def _text(answer: ControlAnswer) -> str:
    return control_answer(answer).text()


class ControlEndpoints:
    """One durable request per call."""

    def __init__(self, controlling: Controlling, *, limits: Limits) -> None:
        self._controlling = controlling
        self._limits = limits

    async def stop(self, request: Request) -> Response:
        """`POST /api/stop`."""
        return await self._plain(request, Operation.STOP)

    async def start(self, request: Request) -> Response:
        """`POST /api/start`."""
        return await self._plain(request, Operation.START)

    async def cancel(self, request: Request) -> Response:
        """`POST /api/cancel`."""
        return await self._plain(request, Operation.CANCEL)

    async def revert(self, request: Request) -> Response:
        """`POST /api/revert`."""
        return await self._plain(request, Operation.REVERT)

    async def skip_revert(self, request: Request) -> Response:
        """`POST /api/skip-revert`."""
        return await self._plain(request, Operation.SKIP_REVERT)

    async def cutover(self, request: Request) -> Response:
        """`POST /api/cutover`; with `take_back` an order that was given is withdrawn."""
        body = await read_body(request, CutoverBody, limits=self._limits)
        operation = Operation.TAKE_BACK if body.value.take_back else Operation.CUTOVER
        return await self._ask(request, body, operation)

    async def volume(self, request: Request) -> Response:
        """`POST /api/volume`."""
        body = await read_body(request, VolumeBody, limits=self._limits)
        return await self._ask(request, body, Operation.VOLUME, value=body.value.volume)

    async def _plain(self, request: Request, operation: Operation) -> Response:
        body = await read_body(request, ControlBody, limits=self._limits)
        return await self._ask(request, body, operation)

    async def _ask(
        self,
        request: Request,
        body: Body[ControlBody] | Body[CutoverBody] | Body[VolumeBody],
        operation: Operation,
        *,
        value: int | None = None,
    ) -> Response:
        command = ControlCommand(
            apply_id=ApplyId(body.value.apply_id),
            environment=body.value.environment,
            operation=operation,
            value=value,
        )
        answer = await self._controlling.request(
            command, caller=caller_of(request), once=Once(render=_text, key=body.key)
        )
        return written(answer, status=202)
