"""The command line as a person uses it, over the real application, storage and workers."""

import io
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import httpx

from cli.main import run
from cli.surroundings import Surroundings
from schemabot.api.app import create_app
from tern.values.plan import PlanResult
from tests.cli.streaming import StreamingTransport
from tests.support.driven_api import Driven, driven_api, driving
from tests.support.planned import planned
from tests.support.scripted_tern import ScriptedTern

YAML = "database: shop\ntype: mysql\n"
USERS = "CREATE TABLE users (id int primary key, age int);\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How one command line ended."""

    status: int
    out: str
    err: str

    @property
    def documents(self) -> list[dict[str, Any]]:
        """Standard output as JSON Lines."""
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(slots=True, kw_only=True)
class Desk:
    """A person, a directory, a service; each run has workers and an event loop of its own."""

    folder: Path
    tern: ScriptedTern = field(default_factory=ScriptedTern)
    planned: PlanResult = field(default_factory=planned)
    environ: dict[str, str] = field(default_factory=lambda: {"COLUMNS": "80"})
    meanwhile: Callable[[Driven], Any] | None = None
    is_terminal: bool = False

    @property
    def schema(self) -> Path:
        """A schema directory with one table."""
        place = self.folder / "schema"
        place.mkdir(exist_ok=True)
        (place / "schemabot.yaml").write_text(YAML)
        (place / "users.sql").write_text(USERS)
        return place

    def run(self, *arguments: str, stdin: str = "") -> Ran:
        """One command line, to its end."""
        driven = driven_api(self.folder)
        out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n")
        err = io.StringIO()
        surroundings = Surroundings(
            environ={"HOME": str(self.folder), **self.environ},
            stdin=io.StringIO(stdin),
            stdout=out,
            stderr=err,
            is_terminal=self.is_terminal,
            route=lambda: self._route(driven),
            retry_delays=(0.0, 0.0),
        )
        try:
            status = run(arguments, surroundings)
        finally:
            driven.api.storage.database.close()
        out.flush()
        written = out.buffer.getvalue().decode()
        return Ran(status=status, out=written, err=err.getvalue())

    def applied(self, *options: str) -> str:
        """The id of an apply that is accepted and not watched."""
        ran = self.run(
            *("apply", "-s", str(self.schema), "-e", "staging", "-y", "--no-watch", "--json"),
            *options,
        )
        assert ran.status == 0, ran
        return str(ran.documents[0]["apply_id"])

    @asynccontextmanager
    async def _route(self, driven: Driven) -> AsyncIterator[httpx.AsyncBaseTransport]:
        async with driving(driven, self.tern, plan=self.planned):
            driven.api.terns["mysql/shop/production"] = self.tern
            async with anyio.create_task_group() as group:
                if self.meanwhile is not None:
                    group.start_soon(self.meanwhile, driven)
                yield StreamingTransport(create_app(driven.api.parts), group)
                group.cancel_scope.cancel()


def answering(status: int, body: str, *, headers: Mapping[str, str] | None = None) -> Surroundings:
    """A service, or something in its place, that always answers the same."""

    @asynccontextmanager
    async def route() -> AsyncIterator[httpx.AsyncBaseTransport]:
        yield httpx.MockTransport(
            lambda _: httpx.Response(status, text=body, headers=dict(headers or {}))
        )

    return plain_surroundings(route=route)


def plain_surroundings(**changes: Any) -> Surroundings:  # noqa: ANN401 (its own fields)
    """Nobody at a terminal, and nothing configured."""
    given = {
        "environ": {"HOME": "/nonexistent", "COLUMNS": "100"},
        "stdin": io.StringIO(),
        "stdout": io.StringIO(),
        "stderr": io.StringIO(),
        "retry_delays": (),
    }
    return Surroundings(**{**given, **changes})
