"""How SQLite finds what is due: by the claim index, without a sort (Q-17)."""

from dataclasses import replace

import pytest
from sqlalchemy import Connection

from schemabot.domain.execution import Claimer
from schemabot.domain.scope import Scope
from schemabot.storage.claim_order import RANKS
from schemabot.storage.claiming import CLAIM_INDEX, ClaimStatements
from schemabot.storage.database import Database
from schemabot.storage.prepared import Prepared
from tests.support.stored import a_claimer


def explain(database: Database, prepared: Prepared) -> str:
    def ask(tx: Connection) -> str:
        compiled = prepared.statement.compile(
            dialect=database.engine.dialect, compile_kwargs={"literal_binds": True}
        )
        return str(tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}").all())

    return database.read(ask)


BARRED = replace(a_claimer(), barred=(Scope(environment="production"), Scope(database="orders")))


@pytest.mark.parametrize("claimer", [a_claimer(), BARRED], ids=["free", "barred"])
@pytest.mark.parametrize("rank", RANKS)
def test_a_claim_reads_its_index_and_sorts_nothing(
    database: Database, *, rank: int, claimer: Claimer
) -> None:
    statement = ClaimStatements(database.clock).candidate(claimer, ranks=(rank,))
    plan = explain(database, statement)
    assert CLAIM_INDEX in plan
    assert "TEMP B-TREE" not in plan


def test_the_probe_reads_its_index_for_every_rank(database: Database) -> None:
    plan = explain(database, ClaimStatements(database.clock).probe(a_claimer()))
    assert plan.count(CLAIM_INDEX) == len(RANKS)
    assert "TEMP B-TREE" not in plan
