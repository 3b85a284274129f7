"""Tables in the order of their foreign keys."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Generic, TypeVar

Node = TypeVar("Node", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered(Generic[Node]):
    """Nodes, parents first.

    Attributes:
        broken: Pairs of child and parent that stand the other way round, since they are part of a
            cycle.
    """

    nodes: tuple[Node, ...]
    broken: frozenset[tuple[Node, Node]]


def parents_first(
    nodes: Sequence[Node], parents: Callable[[Node], Iterable[Node]]
) -> Ordered[Node]:
    """Order nodes so that each comes after its parents; among equals the given order holds.

    Parents that aren't among the nodes, and a node that is its own parent, don't matter. In a
    cycle the first node by the given order doesn't wait for those of its parents that wait for it.
    """
    waiting = _waiting(nodes, parents)
    rank = {node: index for index, node in enumerate(nodes)}
    children: dict[Node, list[Node]] = {node: [] for node in nodes}
    for node, above in waiting.items():
        for parent in above:
            children[parent].append(node)
    free = [index for index, node in enumerate(nodes) if not waiting[node]]
    ordered: list[Node] = []
    broken: set[tuple[Node, Node]] = set()
    while waiting:
        while not free:
            first, closing = _first_in_cycle(waiting)
            broken.update((first, parent) for parent in closing)
            waiting[first] -= closing
            if not waiting[first]:
                free.append(rank[first])
        node = nodes[heappop(free)]
        del waiting[node]
        ordered.append(node)
        for child in _freed(node, children[node], waiting):
            heappush(free, rank[child])
    return Ordered(nodes=tuple(ordered), broken=frozenset(broken))


def _freed(
    parent: Node, children: Iterable[Node], waiting: dict[Node, set[Node]]
) -> Iterator[Node]:
    """Children that waited for this parent alone."""
    for child in children:
        if child in waiting:
            waiting[child].discard(parent)
            if not waiting[child]:
                yield child


def _waiting(
    nodes: Sequence[Node], parents: Callable[[Node], Iterable[Node]]
) -> dict[Node, set[Node]]:
    """Each node with those of its parents that must come before it."""
    known = set(nodes)
    return {
        node: {parent for parent in parents(node) if parent in known and parent != node}
        for node in nodes
    }


def _first_in_cycle(waiting: dict[Node, set[Node]]) -> tuple[Node, set[Node]]:
    """The first node that is above itself, and those of its parents that it is above."""
    for node, above in waiting.items():
        closing = {parent for parent in above if node in _above(parent, waiting)}
        if closing:
            return node, closing
    raise AssertionError(waiting)


def _above(node: Node, waiting: dict[Node, set[Node]]) -> set[Node]:
    found: set[Node] = set()
    pending = list(waiting[node])
    while pending:
        parent = pending.pop()
        if parent not in found:
            found.add(parent)
            pending.extend(waiting[parent])
    return found
