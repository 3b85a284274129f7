"""Nothing is doubled, lost or stuck, whatever happens to workers and storage (Q-63, G10, G11)."""

from pathlib import Path

import pytest

from integration.databases import fresh_database
from integration.queue.faults import ALL
from integration.queue.trial import Plan, Trial, drawn_faults
from integration.servers.throwaway import Server

pytestmark = pytest.mark.timeout(300)  # eleven faults and two servers that start anew
SEED = 20260801


async def tried(plan: Plan, *, server: Server, target: Server, folder: Path) -> None:
    with fresh_database(target) as schema:
        verdict = await Trial(plan, server=server, target=schema, folder=folder).run()
    assert verdict.is_clean, f"{plan.described}: {verdict}; logs in {folder}"
    assert verdict.applies == plan.applies


async def test_every_kind_of_fault_leaves_every_apply_done_once(
    private_server: Server, mariadb: Server, tmp_path: Path
) -> None:
    plan = Plan(seed=SEED, applies=30, faults=drawn_faults(SEED, len(ALL)), together=2)
    await tried(plan, server=private_server, target=mariadb, folder=tmp_path)
