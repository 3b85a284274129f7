from hypothesis import given
from hypothesis import strategies as st

from tern.ddl.diff.topology import parents_first

EDGES = st.sets(st.tuples(st.integers(0, 6), st.integers(0, 8)), max_size=20)
NODES = range(7)


@given(EDGES)
def test_parents_come_first_unless_the_edge_is_broken(edges: set[tuple[int, int]]) -> None:
    found = parents_first(NODES, lambda node: [p for c, p in edges if c == node])
    assert sorted(found.nodes) == list(NODES)
    for child, parent in edges:
        if parent in NODES and parent != child and (child, parent) not in found.broken:
            assert found.nodes.index(parent) < found.nodes.index(child)


@given(EDGES)
def test_only_edges_of_a_cycle_are_broken(edges: set[tuple[int, int]]) -> None:
    found = parents_first(NODES, lambda node: [p for c, p in edges if c == node])
    for child, parent in found.broken:
        assert reaches(parent, child, edges)


def reaches(start: int, goal: int, edges: set[tuple[int, int]]) -> bool:
    seen: set[int] = set()
    pending = [start]
    while pending:
        node = pending.pop()
        if node == goal:
            return True
        if node not in seen:
            seen.add(node)
            pending += [parent for child, parent in edges if child == node]
    return False


def test_given_order_holds_among_equals() -> None:
    found = parents_first(["c", "a", "b"], {"c": ["b"], "a": [], "b": []}.__getitem__)
    assert found.nodes == ("a", "b", "c")
    assert parents_first(["b", "a"], lambda _: []).nodes == ("b", "a")


def test_cycle_begins_with_its_first_node_not_with_what_hangs_below() -> None:
    parents = {"a": ["b"], "b": ["c"], "c": ["b"]}
    found = parents_first(["a", "b", "c"], parents.__getitem__)
    assert found.nodes == ("b", "a", "c")
    assert found.broken == {("b", "c")}


def test_table_of_one_cycle_still_waits_for_another() -> None:
    parents = {"a": ["b", "c"], "b": ["a"], "c": ["d"], "d": ["c"]}
    found = parents_first(["a", "b", "c", "d"], parents.__getitem__)
    assert found.nodes == ("c", "a", "b", "d")
    assert found.broken == {("a", "b"), ("c", "d")}


def test_ten_thousand_in_a_chain_are_ordered() -> None:
    count = 10_000
    found = parents_first(range(count), lambda node: [node + 1])
    assert found.nodes == tuple(reversed(range(count)))
