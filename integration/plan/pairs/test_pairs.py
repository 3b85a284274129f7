"""P-55: what the differ says of two tables turns the one into the other, on every server."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import Phase as HypothesisPhase
from hypothesis import strategies as st

from integration.plan.pairs.desk import Desk, Texts, desk_on
from integration.plan.pairs.shapes import CHILD, pairs
from integration.servers.throwaway import Server
from tern.ddl.identifiers import quote
from tern.ddl.table import Column, Table
from tern.ddl.table_text import table_text

SHORT, LONG = 200, 2_000
HINTS = 9


def check_pair(desk: Desk, live: Texts, desired: Texts, *, hint: int) -> None:
    before = desk.build(desk.live, live)
    after = desk.build(desk.desired, desired)
    hinted = with_hint(desired, (before[CHILD], after[CHILD]), hint)
    assert {n: table_text(t) for n, t in after.items()} == desk.texts(desk.desired, desired)
    assert desk.differ(after, after) == ()
    desk.run(desk.differ(before, after, desk.renames(before, hinted)))
    reached_facts, wanted_facts = desk.catalogue(desk.live), desk.catalogue(desk.desired)
    assert reached_facts == wanted_facts, [
        set(a) ^ set(b) for a, b in zip(reached_facts, wanted_facts, strict=True) if a != b
    ]
    reached = desk.read(desk.live, desired)
    assert desk.differ(reached, after) == ()


def with_hint(texts: Texts, tables: tuple[Table, Table], number: int) -> Texts:
    """The files, where a column that goes may be said to be one that comes; 0 says nothing."""
    before, after = ({c.name for c in table.columns if is_renamable(c)} for table in tables)
    ways = [(old, new) for old in sorted(before - after) for new in sorted(after - before)]
    if not (ways and number):
        return texts
    old, new = ways[number % len(ways)]
    place = f"\n  {quote(new)} "
    hint = f"\n  -- schemabot: renamed from {old}{place}"
    return {**texts, CHILD: texts[CHILD].replace(place, hint, 1)}


def is_renamable(column: Column) -> bool:
    return column.name.isidentifier() and column.generated is None and column.name != "ref"


def check_pairs(server: Server, count: int, *, is_fixed: bool) -> None:
    """Pairs until one fails, which is shown as it was drawn: making it smaller takes minutes."""
    with desk_on(server) as desk:

        @settings(
            max_examples=count,
            deadline=None,
            database=None,
            derandomize=is_fixed,
            phases=[HypothesisPhase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(pair=pairs(str(server.flavor)), hint=st.integers(0, HINTS))
        def check(pair: tuple[Texts, Texts], hint: int) -> None:
            check_pair(desk, *pair, hint=hint)

        check()


@pytest.mark.timeout(300)
def test_the_difference_of_two_tables_makes_the_one_the_other(server: Server) -> None:
    check_pairs(server, SHORT, is_fixed=True)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_the_difference_of_two_thousand_pairs_makes_the_one_the_other(server: Server) -> None:
    check_pairs(server, LONG, is_fixed=False)
