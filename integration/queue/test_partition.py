"""A driver that reaches its target, and its storage no more (G11, Q-26)."""

from contextlib import ExitStack

import pytest

from integration.queue.awaiting import until, until_claimed, until_in
from integration.queue.conftest import Site
from integration.queue.judge import judge
from integration.queue.rough_proxy import rough_proxy
from integration.servers.throwaway import Server
from schemabot.domain.states import ApplyState
from schemabot.offload import Offload
from tests.support.stored import a_target, store_apply

pytestmark = pytest.mark.timeout(300)


def noted_by(site: Site, *, epoch: int) -> int:
    """How many statements of this claim the target has seen."""
    ((count,),) = site.target.query("SELECT COUNT(*) FROM journal WHERE epoch >= %s", epoch)
    return int(count)


async def test_a_partitioned_driver_writes_nothing_to_the_target_after_its_successor(
    site: Site, mariadb: Server
) -> None:
    threads = Offload("test", limit=1)
    async with rough_proxy(mariadb) as proxy:
        away = site.orders.storage.replace(str(mariadb.port), str(proxy.port))
        with ExitStack() as stack:
            apart = site.worker("apart", step=0.4, storage=away)
            await threads.run(stack.enter_context, apart)
            apply = (await threads.run(store_apply, site.storage, a_target("orders"))).apply_id
            await threads.run(until, lambda: noted_by(site, epoch=1) >= 1)
            with proxy.partition():
                peer = site.worker("peer", step=0.2)
                await threads.run(stack.enter_context, peer)
                await threads.run(until_claimed, site.storage, apply, epoch=2)
                await threads.run(until, lambda: noted_by(site, epoch=2) >= 1)
            await threads.run(until_in, site.storage, apply, ApplyState.COMPLETED)
    assert judge(site.storage, site.target, [apply]).is_clean
