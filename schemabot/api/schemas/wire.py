"""What all wire models share: decoding is strict, every documented field is always answered."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

from schemabot.domain.ids import parse_apply_id, parse_plan_id
from tern.errors import InvalidRequest
from tern.values.plan import Estimate

_INTEGER_DIGITS = 18


class Answer(BaseModel):
    """A response document; what is unknown is null, never left out (A-4)."""

    model_config = ConfigDict(frozen=True)

    def text(self) -> str:
        """As JSON, by the names of the wire."""
        return self.model_dump_json(by_alias=True)


class EstimateAnswer(Answer):
    """What something will cost; each figure null where it is unknown."""

    rows: int | None
    bytes: int | None
    disk_needed_bytes: int | None
    seconds_low: float | None
    seconds_high: float | None
    basis: str | None


def estimate_answer(estimate: Estimate | None) -> EstimateAnswer | None:
    """The estimate as it is answered."""
    if estimate is None:
        return None
    return EstimateAnswer(
        rows=estimate.rows,
        bytes=estimate.bytes,
        disk_needed_bytes=estimate.disk_needed_bytes,
        seconds_low=estimate.seconds_low,
        seconds_high=estimate.seconds_high,
        basis=estimate.basis,
    )


def parse_instant(value: object) -> datetime:
    """An RFC 3339 instant with its zone."""
    message = "must be an RFC 3339 time with a zone, such as 2026-01-31T12:00:00Z"
    if not isinstance(value, str) or "T" not in value.upper():
        raise ValueError(message)
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(message) from None
    if instant.tzinfo is None:
        raise ValueError(message)
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise ValueError(message) from None


def parse_integer(value: object) -> object:
    """A query parameter's digits as a number; anything else is left for the type to refuse."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value) if len(value) <= _INTEGER_DIGITS else value
    return value


def parse_flag(value: object) -> object:
    """A query parameter's `true` or `false`."""
    words: Mapping[object, bool] = {"true": True, "false": False}
    return words.get(value, value) if isinstance(value, str) else value


def _plan_id(text: str) -> str:
    try:
        return parse_plan_id(text)
    except InvalidRequest as error:
        raise ValueError(error.message) from error


def _apply_id(text: str) -> str:
    try:
        return parse_apply_id(text)
    except InvalidRequest as error:
        raise ValueError(error.message) from error


Instant = Annotated[datetime, BeforeValidator(parse_instant)]
QueryInteger = Annotated[int, BeforeValidator(parse_integer)]
QueryFlag = Annotated[bool, BeforeValidator(parse_flag)]
PlanIdText = Annotated[str, AfterValidator(_plan_id)]
ApplyIdText = Annotated[str, AfterValidator(_apply_id)]
