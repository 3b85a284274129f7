"""The whole HTTP surface over a SQLite file and scripted Terns, driven in this process."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from schemabot.api.app import create_app
from schemabot.api.parts import Parts
from schemabot.config.load import load_settings
from schemabot.config.settings import Settings
from schemabot.offload import Offload
from schemabot.service.dispatching import Dispatcher, NoDispatcher
from schemabot.service.services import build_services
from schemabot.storage.database import Database
from schemabot.storage.storage import Storage
from schemabot.storage.upgrade import upgrade
from tern.client import Tern
from tests.support.planned import planned
from tests.support.scripted_tern import ScriptedTern

CONFIG = """
environment_order: [staging, production]
databases:
  shop:
    type: mysql
    environments:
      staging: {dsn: "mysql://u:dsn-secret@127.0.0.1:1/"}
      production: {dsn: "mysql://u:dsn-secret@127.0.0.1:1/"}
  blog:
    type: mariadb
    environments:
      production: {dsn: "mysql://u:dsn-secret@127.0.0.1:1/"}
"""
FILES = {"shop": {"users.sql": "CREATE TABLE users (id int primary key, age int);\n"}}
STORAGE_FOLDER = "storage"
PLAN_BODY = {"database": "shop", "environment": "staging", "type": "mysql", "files": FILES}


@dataclass(slots=True, kw_only=True)
class Api:
    """One running surface and what lies under it."""

    http: httpx.AsyncClient
    storage: Storage
    terns: dict[str, Tern]
    settings: Settings
    parts: Parts
    threads: Offload = field(default_factory=lambda: Offload("tests", limit=4))

    async def post(self, path: str, body: object, **headers: str) -> httpx.Response:
        """A POST of a JSON body."""
        return await self.http.post(path, json=body, headers=headers)

    async def plan(self, **changes: object) -> dict[str, Any]:
        """A stored plan."""
        response = await self.post("/api/plan", {**PLAN_BODY, **changes})
        assert response.status_code == 200, response.text
        return dict(response.json())

    async def apply(self, **changes: object) -> dict[str, Any]:
        """An accepted apply of a fresh plan."""
        plan = await self.plan()
        body = {"plan_id": plan["plan_id"], "environment": "staging", **changes}
        response = await self.post("/api/apply", body)
        assert response.status_code == 202, response.text
        return dict(response.json())


def settings_of(tmp_path: Path, text: str = CONFIG) -> Settings:
    """Settings read from a text as from a file."""
    file = tmp_path / "config.yaml"
    file.write_text(text)
    return load_settings(file, environ={})


def prepared_api(
    tmp_path: Path, *, config: str = CONFIG, dispatcher: Dispatcher | None = None
) -> Api:
    """The surface over an upgraded, empty storage. Blocks: prepare it outside of the loop."""
    storage = prepared_storage(tmp_path)
    return surface_over(storage, settings_of(tmp_path, config), dispatcher=dispatcher)


def prepared_storage(tmp_path: Path) -> Storage:
    """An upgraded, empty storage on a file."""
    folder = tmp_path / STORAGE_FOLDER
    folder.mkdir(exist_ok=True)
    database = Database(f"sqlite:///{folder}/schemabot.db")
    upgrade(database)
    return Storage(database)


@contextmanager
def outage(storage: Storage, tmp_path: Path) -> Iterator[None]:
    """The storage is out of reach inside, and back as it was afterwards."""
    folder = tmp_path / STORAGE_FOLDER
    away = tmp_path / "away"
    storage.database.engine.dispose()
    folder.rename(away)
    try:
        yield
    finally:
        away.rename(folder)


def surface_over(
    storage: Storage, settings: Settings, *, dispatcher: Dispatcher | None = None
) -> Api:
    """The surface over a storage, whatever state that is in."""
    terns: dict[str, Tern] = {}
    for name, known in settings.databases.items():
        for environment in known.environments:
            terns[known.target(name, environment).key] = ScriptedTern(plan=planned())
    services = build_services(
        settings,
        storage,
        tern_for=lambda target: terns[target.key],
        dispatcher=dispatcher or NoDispatcher(),
    )
    parts = Parts(settings=settings, services=services, version="test")
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(app=create_app(parts)), base_url="http://127.0.0.1:13370"
    )
    return Api(http=client, storage=storage, terns=terns, settings=settings, parts=parts)
