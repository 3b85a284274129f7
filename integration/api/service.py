"""The whole service in one process: HTTP over a socket, workers, a real storage, a real target."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import anyio
import httpx
import uvicorn

from integration.databases import Database as Schema
from schemabot.api.app import create_app
from schemabot.api.parts import Parts
from schemabot.config.load import load_settings
from schemabot.config.settings import Settings
from schemabot.scheduler.dispatcher import LocalDispatcher
from schemabot.service.services import build_services
from schemabot.storage.storage import Storage
from tern.local.access import TargetAccess
from tern.local.engines import Engines, make_online
from tern.local.tern import LocalTern
from tern.mysql.dsn import parse_dsn
from tests.support.shop_floor import QUICK, Floor

DATABASE = "shop"
ENVIRONMENT = "staging"
Files = dict[str, str]


def settings_for(target: Schema, folder: Path) -> Settings:
    """One database in one environment; its namespace is mapped to the target's schema."""
    file = folder / "config.yaml"
    file.write_text(
        f"databases: {{{DATABASE}: {{type: {target.server.flavor}, environments: {{{ENVIRONMENT}: "
        f'{{dsn: "{target.dsn}", schemas: {{{DATABASE}: {target.name}}}}}}}}}}}\n'
    )
    return load_settings(file, environ={})


@dataclass(slots=True, kw_only=True)
class Client:
    """What a user of the service does over HTTP."""

    http: httpx.AsyncClient
    type: str

    async def plan(self, files: Files) -> dict[str, Any]:
        """A stored plan for these files."""
        body = {
            "database": DATABASE,
            "environment": ENVIRONMENT,
            "type": self.type,
            "files": {DATABASE: files},
        }
        response = await self.http.post("/api/plan", json=body)
        assert response.status_code == 200, response.text
        return dict(response.json())

    async def apply(self, plan: dict[str, Any], **options: object) -> httpx.Response:
        """The answer to an apply of the plan."""
        body = {"plan_id": plan["plan_id"], "environment": ENVIRONMENT, "options": options}
        return await self.http.post("/api/apply", json=body)

    async def until_ended(self, apply_id: str) -> dict[str, Any]:
        """The last progress document of an apply."""
        with anyio.fail_after(30):
            while True:
                progress = (await self.http.get(f"/api/progress/{apply_id}")).json()
                if progress["terminal"]:
                    return dict(progress)
                await anyio.sleep(0.05)

    async def completed(self, files: Files, **options: object) -> dict[str, Any]:
        """The progress of an apply of these files that has completed."""
        accepted = await self.apply(await self.plan(files), **options)
        assert accepted.status_code == 202, accepted.text
        ended = await self.until_ended(accepted.json()["apply_id"])
        assert ended["state"] == "completed", ended
        return ended


@dataclass(slots=True, kw_only=True)
class Service:
    """One process, made outside of the loop and run inside of it."""

    app: Callable[..., Any]
    floor: Floor
    target: Schema
    parts: Parts

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Client]:
        """A client of the service while it runs."""
        server = uvicorn.Server(
            uvicorn.Config(self.app, host="127.0.0.1", port=0, log_config=None, lifespan="off")
        )
        after_commit = self.parts.services.after_commit
        async with self.floor.open(), anyio.create_task_group() as hooks:
            await hooks.start(after_commit.run)
            async with anyio.create_task_group() as serving:
                serving.start_soon(server.serve)
                url = f"http://127.0.0.1:{await _port_of(server)}"
                async with httpx.AsyncClient(base_url=url, timeout=30) as http:
                    yield Client(http=http, type=str(self.target.server.flavor))
                self.parts.closing.set()
                server.should_exit = True
            hooks.cancel_scope.cancel()
        assert after_commit.count("wake", "dropped") == 0


async def _port_of(server: uvicorn.Server) -> int:
    """The port on which it serves, as soon as it does."""
    with anyio.fail_after(10):
        while not server.started:  # noqa: ASYNC110 (a flag of uvicorn's)
            await anyio.sleep(0.01)
    port: int = server.servers[0].sockets[0].getsockname()[1]
    return port


def make_service(storage: Storage, target: Schema, folder: Path) -> Service:
    """The service over this storage and this target. Blocks."""
    settings = settings_for(target, folder)
    known = settings.databases[DATABASE]
    access = TargetAccess(type=known.type, params=parse_dsn(target.dsn))
    tern = LocalTern({(DATABASE, ENVIRONMENT): access}, engines=Engines(online=make_online))
    floor = Floor(storage=storage, tern=tern, settings=replace(QUICK, is_optimistic=True))
    services = build_services(
        settings,
        storage,
        tern_for=lambda _: tern,
        dispatcher=LocalDispatcher(pool=floor.pool, wake=floor.bells.ring),
    )
    parts = Parts(settings=settings, services=services, version="test")
    return Service(app=create_app(parts), floor=floor, target=target, parts=parts)
