from dataclasses import replace

from tern.ddl.create_table import parse_create_table
from tern.ddl.diff.pairing import Namespace
from tern.ddl.diff.policy import DiffPolicy
from tern.ddl.diff.renames import TableRename
from tern.ddl.diff.schema import diff_namespaces, diff_tables
from tern.ddl.diff.statement import StatementKind, TableStatement
from tern.ddl.flavor import Flavor
from tern.ddl.sequence import parse_create_sequence
from tern.ddl.table import Table
from tests.tern.ddl.texts import MARIADB, MYSQL, table

POLICY = DiffPolicy()


def by_name(*tables: Table) -> dict[str, Table]:
    return {each.name: each for each in tables}


def plan(live: list[Table], desired: list[Table]) -> list[str]:
    found = diff_tables(by_name(*live), by_name(*desired), flavor=MYSQL, policy=POLICY)
    return [short(statement) for statement in found]


def short(statement: TableStatement) -> str:
    names = [type(clause).__name__ for clause in statement.clauses]
    return " ".join([statement.kind.value, statement.table, *names])


def child(name: str, parent: str, column: str = "int", *, key: str = "f") -> Table:
    return table(
        f"`id` {column}",
        f"CONSTRAINT `{key}` FOREIGN KEY (`id`) REFERENCES {parent} (`id`)",
        name=name,
    )


def plain(name: str, *definitions: str) -> Table:
    return table("`id` int", *definitions, name=name)


def test_new_tables_come_parents_first() -> None:
    """P-25."""
    assert plan([], [child("a", "`b`"), child("b", "`c`"), plain("c")]) == [
        "create c", "create b", "create a"
    ]  # fmt: skip


def test_new_child_of_an_altered_table_comes_after_it() -> None:
    """P-25: a table that foreign keys point at can't be copied."""
    live, desired = [plain("p")], table("`id` int", "`n` int", name="p")
    assert plan(live, [desired, child("c", "`p`"), child("d", "`c`"), plain("e")]) == [
        "create e", "alter p AddColumn", "create c", "create d"
    ]  # fmt: skip


def test_new_table_that_an_alter_refers_to_comes_before_it() -> None:
    live = [plain("p"), plain("q")]
    desired = [table("`id` int", "`n` int", name="p"), child("q", "`c`"), child("c", "`p`")]
    assert plan(live, desired) == [
        "create c", "alter p AddColumn", "alter q AddForeignKey"
    ]  # fmt: skip


def test_dropped_tables_go_children_first() -> None:
    assert plan([child("a", "`b`"), child("b", "`c`"), plain("c")], []) == [
        "drop a", "drop b", "drop c"
    ]  # fmt: skip


def test_cycle_gets_its_keys_later_and_loses_them_before() -> None:
    both = [child("a", "`b`"), child("b", "`a`")]
    created = diff_tables({}, by_name(*both), flavor=MYSQL, policy=POLICY)
    assert [short(each) for each in created] == [
        "create a", "create b", "alter a AddForeignKey"
    ]  # fmt: skip
    assert "REFERENCES" not in created[0].sql
    assert created[1].sql == both[1].text
    assert plan(both, []) == ["alter a DropForeignKey", "drop b", "drop a"]


def test_created_table_is_the_text_that_the_server_printed() -> None:
    wanted = plain("t", "KEY `k` (`id`)")
    (statement,) = diff_tables({}, by_name(wanted), flavor=MYSQL, policy=POLICY)
    assert statement.sql == wanted.text
    assert not statement.keeps_history


def test_new_child_waits_for_what_its_parent_must_gain() -> None:
    found = plan([plain("p")], [plain("p", "PRIMARY KEY (`id`)"), child("c", "`p`")])
    assert found == ["create c", "alter p AddPrimaryKey", "alter c AddForeignKey"]


def test_replaced_foreign_key_stands_alone_on_both_sides() -> None:
    """P-26."""
    found = plan(
        [child("c", "`p`"), plain("p"), plain("q")], [child("c", "`q`"), plain("p"), plain("q")]
    )
    assert found == ["alter c DropForeignKey", "alter c AddForeignKey"]


def test_foreign_key_under_another_name_takes_one_alter() -> None:
    found = plan([child("c", "`p`"), plain("p")], [child("c", "`p`", key="g"), plain("p")])
    assert found == ["alter c DropForeignKey AddForeignKey"]


def test_keys_are_lifted_while_a_parents_column_changes_its_type() -> None:
    found = plan(
        [child("c", "`p`"), plain("p")],
        [child("c", "`p`", "bigint"), table("`id` bigint", name="p")],
    )
    assert found == [
        "alter c DropForeignKey", "alter c ModifyColumn", "alter p ModifyColumn",
        "alter c AddForeignKey",
    ]  # fmt: skip


def test_key_to_its_own_table_is_lifted_when_its_column_changes_its_type() -> None:
    found = plan([child("t", "`t`")], [child("t", "`t`", "bigint")])
    assert found == ["alter t DropForeignKey", "alter t ModifyColumn", "alter t AddForeignKey"]
    moved = plan([child("t", "`t`")], [child("t", "`t`", "int COMMENT 'x'")])
    assert moved == ["alter t ModifyColumn"]


def test_key_to_a_dropped_table_is_dropped_first() -> None:
    found = plan([child("c", "`p`"), plain("p")], [plain("c")])
    assert found == ["alter c DropForeignKey", "drop p"]


def test_key_over_a_column_that_is_put_anew_is_lifted() -> None:
    stored = "int GENERATED ALWAYS AS (1) STORED"
    found = plan(
        [child("c", "`p`"), plain("p")], [child("c", "`p`"), table(f"`id` {stored}", name="p")]
    )
    assert found == [
        "alter c DropForeignKey",
        "alter p DropColumn AddColumn",
        "alter c AddForeignKey",
    ]
    own = plan([child("c", "`p`"), plain("p")], [child("c", "`p`", stored), plain("p")])
    assert own == [
        "alter c DropForeignKey",
        "alter c DropColumn AddColumn",
        "alter c AddForeignKey",
    ]


def test_partition_management_stands_alone_behind_the_alter() -> None:
    cut = "\n PARTITION BY RANGE (`id`)\n({})"
    parts = ["PARTITION `p1` VALUES LESS THAN (1)", "PARTITION `p2` VALUES LESS THAN (2)"]
    more = "PARTITION `p3` VALUES LESS THAN (3)"
    live = table("`id` int", cut=cut.format(",\n ".join(parts)))
    desired = table("`id` int", "`a` int", cut=cut.format(",\n ".join([parts[1], more])))
    assert plan([live], [desired]) == [
        "alter t AddColumn", "alter t DropPartitions", "alter t AddPartitions"
    ]  # fmt: skip


def test_renamed_table_is_renamed_then_altered() -> None:
    live = [plain("old", "KEY `k` (`id`)"), child("c", "`old`")]
    desired = [
        table("`nr` bigint", "KEY `k` (`nr`)", name="new"),
        plain("old"),
        child("c", "`new`"),
    ]
    desired[2] = table(
        "`id` int", "CONSTRAINT `f` FOREIGN KEY (`id`) REFERENCES `new` (`nr`)", name="c"
    )
    rename = TableRename(old_name="old", new_name="new", columns={"id": "nr"})
    found = diff_tables(
        by_name(*live), by_name(*desired), flavor=MYSQL, policy=POLICY, renames=(rename,)
    )
    assert [short(each) for each in found] == [
        "rename new", "create old", "alter c DropForeignKey", "alter new ChangeColumn",
        "alter c AddForeignKey",
    ]  # fmt: skip
    assert (found[0].old_name, found[0].sql) == ("old", "RENAME TABLE `old` TO `new`")


def test_versioned_table_keeps_its_history() -> None:
    live = table("`id` int", options="WITH SYSTEM VERSIONING")
    (statement,) = diff_tables(by_name(live), by_name(plain("t")), flavor=MARIADB, policy=POLICY)
    assert statement.keeps_history


def test_names_that_the_server_takes_for_one_are_one_table() -> None:
    folding = Flavor(vendor=MYSQL.vendor, version=MYSQL.version, lower_case_table_names=2)
    found = diff_tables(by_name(plain("T")), by_name(plain("t")), flavor=folding, policy=POLICY)
    assert found == ()
    assert plan([plain("T")], [plain("t")]) == ["create t", "drop T"]


def test_namespaces_are_planned_together() -> None:
    """P-4."""
    shop = Namespace(
        name="b_shop", schema="shop_1", live={}, desired=by_name(child("c", "`crm_1`.`p`"))
    )
    crm = Namespace(
        name="a_crm", schema="crm_1", live={}, desired=by_name(child("p", "`q`"), plain("q"))
    )
    found = diff_namespaces([shop, crm], flavor=MYSQL)
    assert [(each.namespace, each.table) for each in found] == [
        ("a_crm", "q"), ("a_crm", "p"), ("b_shop", "c")
    ]  # fmt: skip


def test_rename_in_one_namespace_is_followed_from_another() -> None:
    shop = Namespace(
        name="shop", schema="shop_1",
        live=by_name(child("c", "`crm_1`.`old`")), desired=by_name(child("c", "`crm_1`.`new`")),
    )  # fmt: skip
    crm = Namespace(
        name="crm", schema="crm_1", live=by_name(plain("old")), desired=by_name(plain("new")),
        renames=(TableRename(old_name="old", new_name="new"),),
    )  # fmt: skip
    assert [short(each) for each in diff_namespaces([shop, crm], flavor=MYSQL)] == ["rename new"]


def test_sequences_run_around_the_tables() -> None:
    text = (
        "CREATE SEQUENCE `{}` start with {} minvalue 1 maxvalue 9 increment by 1 nocache nocycle "
        "ENGINE=InnoDB"
    )

    def sequence(name: str, start: int = 1) -> dict[str, object]:
        return {name: parse_create_sequence(text.format(name, start))}

    namespace = Namespace(
        name="shop", schema="shop", live=by_name(plain("gone")), desired=by_name(plain("t")),
        live_sequences=sequence("changed") | sequence("gone_s") | sequence("same"),  # type: ignore[arg-type]
        desired_sequences=sequence("new_s") | sequence("changed", 5) | sequence("same"),  # type: ignore[arg-type]
    )  # fmt: skip
    found = diff_namespaces([namespace], flavor=MARIADB)
    assert [(each.kind, each.table) for each in found] == [
        (StatementKind.ALTER_SEQUENCE, "changed"),
        (StatementKind.CREATE_SEQUENCE, "new_s"),
        (StatementKind.CREATE, "t"),
        (StatementKind.DROP, "gone"),
        (StatementKind.DROP_SEQUENCE, "gone_s"),
    ]
    assert found[0].sql == "ALTER SEQUENCE `changed` START WITH 5"
    assert found[1].sql.startswith("CREATE SEQUENCE `new_s` start with 1")
    assert found[-1].sql == "DROP SEQUENCE `gone_s`"


def test_partitions_and_foreign_keys_come_and_go_in_turn_where_the_server_wants_it() -> None:
    """P-55: MariaDB says that partitioned tables don't support foreign keys."""
    cut = replace(
        table("`id` int"),
        partitioning=parse_create_table(
            "CREATE TABLE `t` (\n  `id` int\n) ENGINE=InnoDB\n"
            " PARTITION BY HASH (`id`)\nPARTITIONS 2"
        ).partitioning,
    )
    tied = child("t", "`p`")
    kinds = [
        [short(s) for s in diff_tables(by_name(a), by_name(b), flavor=MARIADB, policy=POLICY)]
        for a, b in ((cut, tied), (tied, cut))
    ]
    assert kinds[0] == ["alter t RemovePartitioning", "alter t AddForeignKey"]
    assert kinds[1] == ["alter t DropForeignKey", "alter t PartitionBy"]
    assert len(diff_tables(by_name(cut), by_name(tied), flavor=MYSQL, policy=POLICY)) == 1
