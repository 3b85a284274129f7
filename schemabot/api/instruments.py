"""What the HTTP surface counts, and the endpoint where everything counted is read (A-45, A-59)."""

from collections.abc import Callable, Sequence

from starlette.requests import Request
from starlette.responses import Response

from schemabot.api.decoding import caller_of, no_query
from schemabot.config.settings import Role
from schemabot.telemetry.metrics import CONTENT_TYPE, Counter, Gauge, Histogram, Metric, exposition


class HttpInstruments:
    """Requests by route template, never by path: labels stay bounded."""

    def __init__(self, *, streams: Callable[[], int]) -> None:
        labels = ("method", "route", "status")
        self._requests = Counter("http_requests_total", "Answered requests.", labels=labels)
        self._seconds = Histogram(
            "http_request_duration_seconds", "From request to the answer's end.", labels=labels
        )
        self._streams = Gauge(
            "sse_connections", "Open event streams.", read=lambda: {(): float(streams())}
        )

    @property
    def all(self) -> tuple[Metric, ...]:
        """Every metric, for the exposition."""
        return (self._requests, self._seconds, self._streams)

    def note(self, *, method: str, route: str, status: int, seconds: float) -> None:
        """One request was answered."""
        known = method if method in _METHODS else "other"
        self._requests.add(method=known, route=route, status=str(status))
        self._seconds.observe(seconds, method=known, route=route, status=str(status))


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class MetricsEndpoint:
    """`GET /metrics`."""

    def __init__(self, metrics: Sequence[Metric]) -> None:
        self._metrics = tuple(metrics)

    async def metrics(self, request: Request) -> Response:
        """Everything that this process counts, as a scraper reads it."""
        no_query(request)
        caller_of(request).require(Role.READ)
        return Response(exposition(self._metrics), headers={"Content-Type": CONTENT_TYPE})
