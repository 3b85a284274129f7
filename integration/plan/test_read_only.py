"""A target that refuses writes: what is read only is planned, the rest says so at once (P-10)."""

from collections.abc import Iterator

import pytest

from integration.databases import query
from integration.plan.target import Account, PlanTarget, scratch_schemas
from integration.plan.test_rights import SCRATCH, SCRATCH_RIGHTS, grant
from tern.errors import TargetReadOnly

TABLE = "CREATE TABLE t (id int PRIMARY KEY)"


@pytest.fixture
def read_only(target: PlanTarget, bare_account: Account) -> Iterator[PlanTarget]:
    """A target as an ordinary account sees it on a server that is a replica, say."""
    target.run(TABLE)
    grant(target, bare_account, rights="SELECT", on=f"`{target.database.name}`.*")
    grant(target, bare_account, rights=SCRATCH_RIGHTS, on=SCRATCH)
    query(target.server, "SET GLOBAL read_only = 1")
    yield target.as_account(bare_account)
    query(target.server, "SET GLOBAL read_only = 0")


def drops(target: PlanTarget) -> int:
    """How often anybody asked the server to drop a schema."""
    ((_, count),) = query(target.server, "SHOW GLOBAL STATUS LIKE 'Com_drop_db'")
    return int(count)


def test_what_would_be_built_there_is_refused_at_once_with_the_place(read_only: PlanTarget) -> None:
    before = drops(read_only)
    with pytest.raises(TargetReadOnly) as caught:
        read_only.plan(TABLE, "CREATE TABLE u (id int PRIMARY KEY)")
    assert drops(read_only) == before  # nothing was made, so nothing is cleaned up for 30 s
    assert read_only.params.place in caught.value.message
    assert "primary" in str(caught.value.next_action)
    assert scratch_schemas(read_only.server) == []


def test_files_in_the_servers_own_form_are_compared_all_the_same(read_only: PlanTarget) -> None:
    result = read_only.plan(read_only.show("t"))
    assert (result.problems, result.statements) == ((), ())
