import pytest

from tern.ddl.create_table import decode_show_create, parse_create_table
from tern.ddl.diff.equality import equal
from tern.ddl.diff.policy import ColumnOrder, DiffPolicy, PartitionPolicy
from tern.ddl.table import Table
from tests.tern.ddl.texts import MARIADB, captured, captures, table

POLICY = DiffPolicy()
WHOLE = (
    "`a` int", "`b` text", "KEY `k` (`a`)", "PERIOD FOR `p` (`a`, `b`)",
    "CONSTRAINT `f` FOREIGN KEY (`a`) REFERENCES `p` (`i`)", "CONSTRAINT `c` CHECK (`a` > 1)",
)  # fmt: skip
CUT = "\n PARTITION BY LIST (`a`)\n(PARTITION `p` VALUES IN (1),\n PARTITION `q` VALUES IN (2))"


def whole(old: str = "", new: str = "", *, options: str = "COMMENT='x'", cut: str = CUT) -> Table:
    return table(
        *(each.replace(old, new) if old else each for each in WHOLE), options=options, cut=cut
    )


@pytest.mark.parametrize("name", captures())
def test_every_captured_table_equals_itself(name: str) -> None:
    one = parse_create_table(decode_show_create(captures()[name]))
    assert equal(one, captured(name), flavor=MARIADB, policy=POLICY)


@pytest.mark.parametrize(
    "other",
    [
        whole("`a` int", "`a` bigint"),
        whole("`b` text", "`z` text"),
        whole("KEY `k`", "UNIQUE KEY `k`"),
        whole("KEY `k`", "KEY `l`"),
        whole("(`a`)", "(`b`)"),
        whole("KEY `k` (`a`)", "KEY `k` (`a`) IGNORED"),
        whole("FOR `p`", "FOR `q`"),
        whole("(`a`, `b`)", "(`b`, `a`)"),
        whole("REFERENCES `p`", "REFERENCES `q`"),
        whole("CONSTRAINT `f`", "CONSTRAINT `g`"),
        whole("`a` > 1", "`a` > 2"),
        whole("CONSTRAINT `c`", "CONSTRAINT `d`"),
        whole("`a` > 1)", "`a` > 1) NOT ENFORCED"),
        whole(options="COMMENT='y'"),
        whole(options=""),
        whole(options="COMMENT='x' WITH SYSTEM VERSIONING"),
        whole(cut=""),
        whole(cut=CUT.replace("LIST (`a`)", "LIST (`a` + 1)")),
        whole(cut=CUT.replace("(2)", "(3)")),
        whole(cut=CUT.replace("`q`", "`z`")),
        table(*WHOLE[1:2], WHOLE[0], *WHOLE[2:], options="COMMENT='x'", cut=CUT),
        table(*WHOLE, "KEY `more` (`a`)", options="COMMENT='x'", cut=CUT),
        table(*WHOLE[:-1], options="COMMENT='x'", cut=CUT),
    ],
)  # fmt: skip
def test_any_difference_that_matters_is_seen_both_ways(other: Table) -> None:
    assert not equal(whole(), other, flavor=MARIADB, policy=POLICY)
    assert not equal(other, whole(), flavor=MARIADB, policy=POLICY)


@pytest.mark.parametrize(
    "other",
    [
        whole(options="COMMENT='x' AUTO_INCREMENT=9"),
        whole(cut=CUT.replace("`p`", "`P`")),
        table(*WHOLE[:2], *reversed(WHOLE[2:]), options="COMMENT='x'", cut=CUT),
        whole("CONSTRAINT `c`", "CONSTRAINT `C`"),
        whole("`a`", "`A`"),
        whole("KEY `k`", "KEY `K`"),
        whole("FOR `p`", "FOR `P`"),
    ],
)
def test_what_does_not_matter_is_not_seen(other: Table) -> None:
    """P-23."""
    assert equal(whole(), other, flavor=MARIADB, policy=POLICY)


def test_policy_leaves_order_and_partitions_to_others() -> None:
    lax = DiffPolicy(column_order=ColumnOrder.IGNORED, partitions=PartitionPolicy.LIST_IGNORED)
    turned = table(*WHOLE[1:2], WHOLE[0], *WHOLE[2:], options="COMMENT='x'", cut=CUT)
    assert equal(whole(), turned, flavor=MARIADB, policy=lax)
    assert equal(whole(), whole(cut=CUT.replace("(2)", "(3)")), flavor=MARIADB, policy=lax)
    assert not equal(
        whole(), whole(cut=CUT.replace("LIST (`a`)", "LIST (`b`)")), flavor=MARIADB, policy=lax
    )
