import anyio
import pytest

from schemabot.api.feed import POLL_SECONDS, Feed
from schemabot.config.settings import Role
from schemabot.domain.errors import ApplyNotFound
from schemabot.domain.ids import ApplyId, parse_apply_id
from schemabot.service.caller import Caller
from schemabot.service.picture import Picture
from schemabot.service.reporting import Reporting
from schemabot.service.routing import Routes
from tests.support.api_client import Api

CALLER = Caller(subject="ann", method="loopback", role=Role.READ)


class CountingReporting(Reporting):
    """The real one, which counts its reads."""

    reads = 0

    async def progress(self, apply_id: ApplyId, *, caller: Caller) -> Picture:
        self.reads += 1
        return await super().progress(apply_id, caller=caller)


@pytest.fixture
def reporting(api: Api) -> CountingReporting:
    routes = Routes(api.settings, tern_for=lambda target: api.terns[target.key])
    return CountingReporting(
        storage=api.storage, threads=api.threads, routes=routes, max_attempts=10
    )


async def test_two_hundred_watchers_cost_one_read_a_second(
    api: Api, reporting: CountingReporting
) -> None:
    feed = Feed(reporting)
    apply_id = parse_apply_id((await api.apply())["apply_id"])

    async def watch() -> None:
        with feed.watching(apply_id):
            first = await feed.newest(apply_id, caller=CALLER)
            await anyio.sleep(POLL_SECONDS + 0.1)
            assert (await feed.newest(apply_id, caller=CALLER)).text is first.text

    async with anyio.create_task_group() as group:
        for _ in range(200):
            group.start_soon(watch)
    assert reporting.reads == 2
    assert feed.streams == 0


async def test_an_apply_that_is_not_there_leaves_nothing_behind(
    reporting: CountingReporting,
) -> None:
    feed = Feed(reporting)
    apply_id = parse_apply_id("apply-0123456789abcdef")
    with feed.watching(apply_id), pytest.raises(ApplyNotFound):
        await feed.newest(apply_id, caller=CALLER)
    assert feed.streams == 0
