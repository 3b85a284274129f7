"""Each check fires on what it is about and is quiet otherwise; all failures are told at once."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from tern.ddl.create_table import parse_create_table
from tern.ddl.flavor import Flavor
from tern.ddl.table import Table, with_collations
from tern.engine.obstacles import Surroundings
from tern.engine.online.column_map import pair_columns
from tern.engine.online.preflight.check import Moment, Sight, TableSight
from tern.engine.online.preflight.checks import failures
from tern.engine.online.preflight.notices import notices
from tern.engine.online.preflight.privileges import SCHEMA_PRIVILEGES
from tern.mysql.catalogue import ForeignKeyEdge
from tern.mysql.grants import Grants, parse_grants
from tern.mysql.server import Server

MYSQL = Flavor.parse("9.7.0")
MARIADB = Flavor.parse("10.11.1-MariaDB")
PLAIN = "`id` int NOT NULL,\n  `v` int DEFAULT NULL,\n  PRIMARY KEY (`id`)"
ALL = "GRANT ALL PRIVILEGES ON *.* TO `a`@`%`"
GOOD = {"log_bin": "ON", "binlog_format": "ROW"}


def made(columns: str, collation: str = "utf8mb4_bin", engine: str = "InnoDB") -> Table:
    table = parse_create_table(f"CREATE TABLE `t` (\n  {columns}\n) ENGINE={engine}")
    charset = collation.partition("_")[0]
    pairs = {
        column.name: (charset, collation) if "char" in column.type else (None, None)
        for column in table.columns
    }
    return with_collations(table, pairs)


def table(before: Table, after: Table) -> TableSight:
    return TableSight(
        name="app.t",
        schema="app",
        source=before,
        desired=after,
        columns=pair_columns(before, after, "ALTER TABLE t"),
        around=Surroundings(),
    )


def sight(
    *tables: TableSight, flavor: Flavor = MYSQL, variables: Mapping[str, str] | None = None
) -> Sight:
    return Sight(
        server=Server(
            flavor=flavor,
            version="",
            uuid="u",
            started_at=0,
            place="db:3306",
            variables={**GOOD, **(variables or {})},
        ),
        settings={},
        grants=Grants(account="'a'@'%'", grants=parse_grants([ALL])),
        tables=tables or (table(made(PLAIN), made(PLAIN)),),
        has_lock_table=True,
        prepared=(),
    )


def codes(seen: Sight, moment: Moment = Moment.START) -> list[str]:
    return [failure.code for failure in failures(seen, moment)]


def test_a_fit_target_passes() -> None:
    assert codes(sight()) == []


SERVERS: dict[str, tuple[str, dict[str, str]]] = {
    "log off": ("binlog", {"log_bin": "OFF"}),
    "not by row": ("binlog", {"binlog_format": "MIXED"}),
    "partial json": ("binlog", {"binlog_row_value_options": "PARTIAL_JSON"}),
    "read-only": ("server", {"read_only": "ON"}),
    "galera": ("server", {"wsrep_on": "ON"}),
}


@pytest.mark.parametrize("name", SERVERS)
def test_an_unfit_server_is_refused(name: str) -> None:
    code, variables = SERVERS[name]
    assert codes(sight(variables=variables)) == [code]


@pytest.mark.parametrize("name", ["log_replica_updates", "log_slave_updates"])
def test_a_replica_must_log_what_it_applies(name: str) -> None:
    seen = replace(sight(variables={name: "OFF"}), is_replica=True)
    assert codes(seen) == ["server"]
    assert codes(replace(seen, is_replica=False)) == []
    assert codes(replace(sight(variables={name: "ON"}), is_replica=True)) == []


def test_a_proxy_is_refused() -> None:
    assert codes(replace(sight(), has_own_session=False)) == ["proxy"]


SETTINGS = {
    "log inside the engine": ("version", {"binlog_storage_engine": "innodb"}),
    "several primaries": (
        "server",
        {"group_replication_group_name": "g", "group_replication_single_primary_mode": "OFF"},
    ),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_an_unfit_setting_is_refused(name: str) -> None:
    code, settings = SETTINGS[name]
    assert codes(replace(sight(), settings=settings)) == [code]


@pytest.mark.parametrize("version", ["8.0.12", "5.7.40", "10.5.20-MariaDB"])
def test_an_old_server_is_refused(version: str) -> None:
    assert codes(sight(flavor=Flavor.parse(version))) == ["version"]


def test_each_missing_grant_is_printed() -> None:
    lines = [
        "GRANT REPLICATION SLAVE, PROCESS ON *.* TO `a`@`%`",
        "GRANT SELECT ON `app`.* TO `a`@`%`",
    ]
    seen = replace(sight(), grants=Grants(account="'a'@'%'", grants=parse_grants(lines)))
    fixes = [failure.fix for failure in failures(seen, Moment.START)]
    assert fixes == [
        "run: GRANT REPLICATION CLIENT ON *.* TO 'a'@'%'",
        f"run: GRANT {', '.join(SCHEMA_PRIVILEGES[1:])} ON `app`.* TO 'a'@'%'",
    ]


def test_what_hangs_on_a_table_is_refused() -> None:
    edge = ForeignKeyEdge(
        name="k", child_schema="b", child_table="c", parent_schema="app", parent_table="t"
    )
    around = Surroundings(triggers=("w",), children=(edge,))
    one = replace(table(made(PLAIN, engine="MyISAM"), made(PLAIN)), around=around)
    assert codes(sight(one)) == ["table", "trigger", "foreign_key"]


def test_several_tables_on_mariadb_need_a_view_of_locks() -> None:
    one = table(made(PLAIN), made(PLAIN))
    blind = replace(sight(one, one, flavor=MARIADB), has_lock_table=False)
    assert codes(blind) == ["names"]
    assert codes(replace(sight(one, flavor=MARIADB), has_lock_table=False)) == []


def test_prepared_transactions_are_refused_at_every_moment() -> None:
    left = replace(sight(), prepared=("17",))
    assert codes(left) == ["xa"]
    assert codes(left, Moment.CUTOVER) == ["xa"]


KEYS = [
    ("int", "bigint", True),
    ("int", "varchar(20)", False),
    ("datetime(3)", "datetime(6)", True),
    ("datetime(6)", "datetime(3)", False),
    ("decimal(9,2)", "decimal(12,2)", True),
    ("binary(4)", "binary(8)", False),
    ("varbinary(4)", "varbinary(8)", True),
    ("varchar(9)", "varchar(99)", True),
    ("varchar(9)", "varchar(5)", False),
    ("enum('a','b')", "enum('a','b','c')", True),
    ("enum('a','b')", "enum('b','a')", False),
    ("timestamp", "datetime", False),
]
KEYED = "`id` {} NOT NULL,\n  PRIMARY KEY (`id`)"


@pytest.mark.parametrize(("before", "after", "is_kept"), KEYS, ids=str)
def test_a_key_keeps_its_equality_and_order(before: str, after: str, *, is_kept: bool) -> None:
    one = table(made(KEYED.format(before)), made(KEYED.format(after)))
    assert codes(sight(one)) == ([] if is_kept else ["key_change"])


@pytest.mark.parametrize(
    ("before", "after", "is_kept"),
    [
        ("utf8mb4_bin", "utf8mb4_general_ci", False),
        ("utf8mb3_bin", "utf8mb4_bin", True),
        ("utf8mb3_general_ci", "utf8mb4_general_ci", True),
        ("utf8mb3_general_ci", "utf8mb4_unicode_ci", False),
        ("utf8mb3_swedish_ci", "utf8mb4_swedish_ci", False),
        ("latin1_bin", "utf8mb4_bin", False),
    ],
)
def test_a_key_of_text_keeps_its_collation(before: str, after: str, *, is_kept: bool) -> None:
    text = KEYED.format("varchar(9)")
    one = table(made(text, before), made(text, after))
    assert codes(sight(one)) == ([] if is_kept else ["key_change"])


@pytest.mark.parametrize("kind", ["float", "double", "set('a','b')"])
def test_a_key_that_has_no_exact_order_is_refused(kind: str) -> None:
    one = made(KEYED.format(kind))
    assert codes(sight(table(one, one))) == ["key"]


def test_a_key_that_the_new_table_has_no_index_for_is_refused() -> None:
    after = made("`id` int NOT NULL,\n  `v` int NOT NULL,\n  PRIMARY KEY (`v`)")
    assert codes(sight(table(made(PLAIN), after))) == ["key"]


def test_all_failures_are_told() -> None:
    seen = replace(sight(variables={"log_bin": "OFF", "read_only": "ON"}), prepared=("1",))
    assert codes(seen) == ["server", "binlog", "xa"]


COUNTED = "`id` int NOT NULL AUTO_INCREMENT,\n  PRIMARY KEY (`id`)"
CHECKED = PLAIN + ",\n  CONSTRAINT `positive` CHECK (`v` > 0)"


def noticed(seen: Sight) -> list[str]:
    return list(notices(seen))


def test_a_fit_target_has_nothing_to_notice() -> None:
    own = PLAIN + ",\n  CONSTRAINT `t_chk_1` CHECK (`v` > 0)"
    forever = {"binlog_expire_logs_seconds": "0", "innodb_autoinc_lock_mode": "2"}
    assert noticed(sight(table(made(own), made(COUNTED)), variables=forever)) == []


def test_a_log_that_is_kept_for_less_than_a_day_is_noticed() -> None:
    (said,) = noticed(sight(variables={"binlog_expire_logs_seconds": "7200"}))
    assert "kept for 2.0 h" in said


def test_what_slows_a_copy_is_noticed() -> None:
    compressed = made(COUNTED, engine="InnoDB ROW_FORMAT=COMPRESSED")
    slow = table(made(COUNTED), compressed)
    first, second = noticed(sight(slow, variables={"innodb_autoinc_lock_mode": "1"}))
    assert "innodb_autoinc_lock_mode is 1" in first
    assert "compressed" in second


def test_a_check_that_gets_another_name_is_noticed() -> None:
    named = table(made(PLAIN), made(CHECKED))
    assert ["positive" in said for said in noticed(sight(named))] == [True]
    assert noticed(sight(named, flavor=MARIADB)) == []
