"""New tables whose foreign keys end in a table that the same plan copies (P-25, P-35)."""

from integration.plan.target import PlanTarget, carry_out
from tern.values.plan import Verdict

PARENT = "CREATE TABLE p (id bigint PRIMARY KEY, n int)"
COPIED = PARENT.replace("n int", "n bigint")
CHILD = "CREATE TABLE c (id int PRIMARY KEY, p bigint, FOREIGN KEY (p) REFERENCES p (id))"


def test_the_copy_comes_first_and_the_new_child_after_it(target: PlanTarget) -> None:
    """P-25."""
    carry_out(target, target.plan(PARENT))
    result = target.plan(COPIED, CHILD)
    assert [(s.table, s.verdict, s.proof) for s in result.statements] == [
        ("p", Verdict.COPY, None),
        ("c", Verdict.DIRECT, None),
    ]
    carry_out(target, result)
    assert target.plan(COPIED, CHILD).statements == ()


def test_a_child_that_must_come_first_keeps_its_parent_from_being_copied(
    target: PlanTarget,
) -> None:
    """P-35: `q` gets a key to the new table, so that can't wait for the copy of `p`."""
    other = "CREATE TABLE q (id int PRIMARY KEY{})"
    carry_out(target, target.plan(PARENT, other.format("")))
    to_child = other.format(", c int, FOREIGN KEY (c) REFERENCES c (id)")
    result = target.plan(COPIED, CHILD, to_child)
    (parent,) = [s for s in result.statements if s.table == "p"]
    assert parent.verdict is Verdict.REFUSED
    assert "shop.c gets a foreign key to it in the same plan" in (parent.reason or "")
