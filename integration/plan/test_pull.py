"""Files written by hand take what is pulled, and then have nothing to plan (P-52)."""

from cli.merging import Merged, merge
from integration.corpus.real_shapes import files_for
from integration.plan.target import PlanTarget, pulled
from tern.ddl.statements import split
from tern.values.target import DatabaseType


def create(target: PlanTarget, files: dict[str, str]) -> None:
    """Run the files' statements as somebody would by hand."""
    texts = [s.text for name, text in files.items() for s in split(text, file=name)]
    sequences_first = sorted(texts, key=lambda text: "SEQUENCE" not in text.upper()[:20])
    target.run("SET SESSION foreign_key_checks = 0", *sequences_first)


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
