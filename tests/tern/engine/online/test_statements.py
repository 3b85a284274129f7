"""Every SQL text of copy, replay and cutover, as golden files of both vendors."""

from pathlib import Path

import pytest

from tern.binlog.watched_table import Key, TableName
from tern.ddl.create_table import parse_create_table
from tern.ddl.flavor import Flavor
from tern.ddl.table import with_collations
from tern.engine.online import conflict_statements, statements
from tern.engine.online.chunk import EVERYTHING, KeyRange
from tern.engine.online.column_map import pair_columns
from tern.engine.online.key_choice import choose_key
from tern.engine.online.link import Link
from tests.tern.engine.online.links import SOURCE, TEXT

GOLDEN = Path(__file__).parent / "golden"
FLAVORS = {"mysql": Flavor.parse("9.7.0"), "mariadb": Flavor.parse("10.11.1-MariaDB")}
SHADOW, PROBE, RETIRED = (TableName("shop", f"t_sbaaaaa_{role}") for role in "npo")
COLLATIONS = {"a": (None, None), "b": ("utf8mb4", "utf8mb4_general_ci")}
ONE: Key = (-7, b"it's 100%")
OTHER: Key = (9, b"")
UNIQUE = parse_create_table(
    "CREATE TABLE `t` (\n  `b` varchar(9),\n  UNIQUE KEY `u` (`b`(4),`a` DESC)\n) ENGINE=InnoDB"
).indexes[0]


def link(flavor: Flavor, *, is_integer: bool = False) -> Link:
    text = TEXT.replace("(`a`,`b`)", "(`a`)") if is_integer else TEXT
    table = with_collations(parse_create_table(text), COLLATIONS)
    columns = pair_columns(table, table, "ALTER TABLE t")
    return Link(
        source=SOURCE,
        shadow=SHADOW,
        probe=PROBE,
        key=choose_key(table, table, columns, flavor=flavor),
        columns=columns,
        flavor=flavor,
    )


def texts(flavor: Flavor) -> dict[str, str]:
    """Each builder's text, by the builder's name."""
    mixed, integer = link(flavor), link(flavor, is_integer=True)
    stretch, keys = KeyRange(lower=ONE, upper=OTHER), [ONE, OTHER]
    return {
        "copy_range": statements.copy_range(mixed, stretch),
        "copy_range, of integers": statements.copy_range(
            integer, KeyRange(lower=(-7,), upper=None)
        ),
        "copy_range, all": statements.copy_range(integer, EVERYTHING),
        "copy_keys": statements.copy_keys(mixed, keys),
        "copy_keys, of integers": statements.copy_keys(integer, [(-7,), (9,)]),
        "delete_range": statements.delete_range(mixed, stretch),
        "delete_keys": statements.delete_keys(mixed, keys),
        "lock_first": statements.lock_first(mixed, stretch),
        "lock_key": statements.lock_key(mixed, ONE),
        "lock_keys": statements.lock_keys(mixed, keys),
        "free_rows": statements.free_rows(mixed, keys),
        "free_rows, of a range": statements.free_rows(mixed, stretch),
        "seen_rows": statements.seen_rows(mixed, keys),
        "bound_after": statements.bound_after(mixed, stretch, 1000),
        "keys_in": statements.keys_in(mixed, stretch, 5),
        "last_integer": statements.last_integer(integer),
        "first_integer": statements.first_integer(integer),
        "truth": statements.truth(["1 < 2", "2 < 1"]),
        "fill_probe": statements.fill_probe(mixed, keys),
        "empty_probe": statements.empty_probe(mixed),
        **of_conflicts(mixed),
        **of_tables(mixed),
    }


def of_conflicts(mixed: Link) -> dict[str, str]:
    """Those about rows that share a unique value."""
    return {
        "in_the_way": conflict_statements.in_the_way(mixed, UNIQUE, [ONE]),
        "shared": conflict_statements.shared(mixed, UNIQUE),
        "add_as_committed": conflict_statements.add_as_committed(mixed, [OTHER]),
        "remove_stale": conflict_statements.remove_stale(mixed, UNIQUE, [ONE], stale=[OTHER]),
    }


def of_tables(mixed: Link) -> dict[str, str]:
    """Those about tables as wholes."""
    return {
        "lock_tables": statements.lock_tables([mixed], others=[RETIRED]),
        "rename_tables": statements.rename_tables(statements.swap_pairs(mixed, RETIRED)),
        "drop_table": statements.drop_table(SHADOW),
        "drop_own": statements.drop_own(RETIRED),
        "create_sentry": statements.create_sentry(RETIRED),
        "set_counter": statements.set_counter(SHADOW, 2**63),
        "analyze": statements.analyze(SHADOW),
        "add_indexes": statements.add_indexes(SHADOW, ["KEY `b` (`b`)", "KEY `c` (`b`,`a`)"]),
    }


@pytest.mark.parametrize("vendor", FLAVORS)
def test_statements_are_as_they_were_looked_at(vendor: str) -> None:
    printed = "\n\n".join(f"-- {name}\n{sql};" for name, sql in texts(FLAVORS[vendor]).items())
    expected = GOLDEN / f"statements.{vendor}.sql"
    assert f"{printed}\n" == expected.read_text()


@pytest.mark.parametrize("vendor", FLAVORS)
def test_nothing_that_writes_passes_over_a_row(vendor: str) -> None:
    """E-6: no IGNORE, REPLACE, ON DUPLICATE KEY, and E-18: no SKIP LOCKED."""
    writing = [sql for sql in texts(FLAVORS[vendor]).values() if not sql.startswith("SELECT")]
    assert len(writing) > len(FLAVORS)
    for sql in writing:
        for word in ("IGNORE", "REPLACE", "ON DUPLICATE", "SKIP LOCKED"):
            assert word not in sql.upper()


@pytest.mark.parametrize("vendor", FLAVORS)
def test_what_reads_rows_for_the_shadow_never_waits_for_one(vendor: str) -> None:
    """E-16, E-17: whoever holds row locks on the source does not wait for another."""
    for name, sql in texts(FLAVORS[vendor]).items():
        # What only is looked at is read without a lock, which waits for nobody either.
        if sql.startswith("INSERT") and name != "add_as_committed":
            assert sql.endswith(" NOWAIT"), name
