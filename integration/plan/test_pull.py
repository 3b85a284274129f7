"""Pull then plan is empty, and pull again changes nothing, on the whole corpus (P-52, P-56)."""

import pytest

from cli.merging import Merged, merge
from integration.corpus.real_shapes import files_for, schemas
from integration.plan.target import PlanTarget
from schemabot.service.linting import texts_by_file
from tern.ddl.statements import split
from tern.local.planning.pull import pull
from tern.values.plan import PullRequest
from tern.values.target import DatabaseType, Target


def pulled(target: PlanTarget) -> dict[str, str]:
    """The live schema as `POST /api/pull` gives it."""
    kind = DatabaseType(target.server.flavor)
    names = {"shop": target.database.name}
    wanted = Target(database="shop", type=kind, environment="test", schemas=names)
    found = pull(target.params, PullRequest(target=wanted))
    return dict(texts_by_file(found.tables["shop"]))


def create(target: PlanTarget, files: dict[str, str]) -> None:
    """Run the files' statements as somebody would by hand."""
    texts = [s.text for name, text in files.items() for s in split(text, file=name)]
    sequences_first = sorted(texts, key=lambda text: "SEQUENCE" not in text.upper()[:20])
    target.run("SET SESSION foreign_key_checks = 0", *sequences_first)


@pytest.mark.parametrize("schema", schemas())
def test_a_pulled_schema_has_nothing_to_plan_and_nothing_to_pull(
    target: PlanTarget, schema: str
) -> None:
    create(target, dict(files_for(schema, target.server.flavor)))
    kind = DatabaseType(target.server.flavor)
    live = pulled(target)
    files = dict(merge({}, live, type_=kind, prunes=False).texts)
    assert len(files) == len(live) > 0
    plan = target.plan_files({"shop": files})
    assert (plan.problems, [s.ddl for s in plan.statements]) == ((), [])
    assert merge(files, pulled(target), type_=kind, prunes=True) == Merged()


def test_hand_written_files_take_the_servers_text_in_their_own_places(target: PlanTarget) -> None:
    kind = DatabaseType(target.server.flavor)
    created = dict(files_for("tickets", target.server.flavor))
    create(target, created)
    merged = merge(created, pulled(target), type_=kind, prunes=False)
    assert merged.removed == ()
    assert set(merged.texts) <= set(created)
    files = created | dict(merged.texts)
    plan = target.plan_files({"shop": files})
    assert (plan.problems, [s.ddl for s in plan.statements]) == ((), [])
    assert merge(files, pulled(target), type_=kind, prunes=True) == Merged()
