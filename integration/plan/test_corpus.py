"""Real-shaped schemas come to rest: created from their files, they have nothing left to plan."""

import pytest

from integration.corpus.real_shapes import files_for, schemas
from integration.plan.target import PlanTarget, carry_out


@pytest.mark.parametrize("schema", schemas())
def test_creating_a_schema_and_planning_again_gives_an_empty_plan(
    target: PlanTarget, schema: str
) -> None:
    files = {"shop": files_for(schema, target.server.flavor)}
    created = target.plan_files(files)
    assert created.problems == ()
    assert [s.proof for s in created.statements if s.proof] == []
    carry_out(target, created)
    again = target.plan_files(files)
    assert again.problems == ()
    assert [(s.table, s.ddl) for s in again.statements] == []


def test_the_corpus_holds_thirty_tables_for_each_flavor() -> None:
    for flavor in ("mysql", "mariadb"):
        texts = [text for schema in schemas() for text in files_for(schema, flavor).values()]
        assert sum(text.count("CREATE TABLE") for text in texts) >= 30
