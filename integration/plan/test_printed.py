"""P-14: what a server printed is not asked twice, nor believed after a setting has changed."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from integration.databases import query
from integration.plan.target import PlanTarget, carry_out
from integration.servers.throwaway import Server
from tern.local.planning.printed import ENTRY_BYTES, PrintedTexts, digest_of

FILES = {
    "shop": {
        "a.sql": "create table a (id int primary key, at timestamp)",
        "b.sql": "create table b (id int primary key, x text character set utf8mb4)",
        "c.sql": "create table c (x int)",
    }
}
SETTINGS = {
    "mysql": {
        "explicit_defaults_for_timestamp": "OFF",
        "default_collation_for_utf8mb4": "utf8mb4_general_ci",
        "sql_generate_invisible_primary_key": "ON",
    },
    "mariadb": {
        "explicit_defaults_for_timestamp": "OFF",
        "innodb_default_row_format": "compact",
        "innodb_strict_mode": "OFF",
    },
}


def made(server: Server) -> int:
    """How many CREATE TABLE the server has run, temporary ones included."""
    rows = query(server, "SHOW GLOBAL STATUS LIKE 'Com_create_%table'")
    return sum(int(count) for _, count in rows)


@contextmanager
def setting(server: Server, name: str, value: str) -> Iterator[None]:
    """A global setting of the server for the length of the block, where it knows it."""
    rows = query(server, "SHOW GLOBAL VARIABLES LIKE %s", name)
    if rows:
        query(server, f"SET GLOBAL {name} = %s", value)
    try:
        yield
    finally:
        if rows:
            query(server, f"SET GLOBAL {name} = %s", rows[0][1])


def settled(target: PlanTarget) -> PrintedTexts:
    """What was learnt from a plan that found nothing to do."""
    carry_out(target, target.plan_files(FILES))
    printed = PrintedTexts()
    assert target.plan_files(FILES, printed=printed).statements == ()
    return printed


def test_a_second_plan_makes_no_table(target: PlanTarget) -> None:
    printed = settled(target)
    assert len(printed) == len(FILES["shop"])
    before = made(target.server)
    assert target.plan_files(FILES, printed=printed).statements == ()
    assert made(target.server) == before


@pytest.mark.parametrize("number", range(3))
def test_after_a_setting_changed_a_plan_says_what_one_without_memory_says(
    target: PlanTarget, number: int
) -> None:
    printed = settled(target)
    settings = list(SETTINGS[str(target.server.flavor)].items())
    name, value = settings[number % len(settings)]
    with setting(target.server, name, value):
        fresh = target.plan_files(FILES)
        before = made(target.server)
        learnt = target.plan_files(FILES, printed=printed)
        assert made(target.server) > before
    assert [s.ddl for s in learnt.statements] == [s.ddl for s in fresh.statements]


def test_after_the_schema_got_other_defaults_nothing_old_is_believed(target: PlanTarget) -> None:
    printed = settled(target)
    query(target.server, f"ALTER DATABASE `{target.database.name}` CHARACTER SET latin1")
    learnt = target.plan_files(FILES, printed=printed)
    fresh = target.plan_files(FILES)
    assert learnt.statements
    assert [s.ddl for s in learnt.statements] == [s.ddl for s in fresh.statements]


def test_a_live_table_that_changed_is_seen(target: PlanTarget) -> None:
    printed = settled(target)
    target.run("ALTER TABLE c ADD COLUMN y int")
    (statement,) = target.plan_files(FILES, printed=printed).statements
    assert statement.ddl == "ALTER TABLE `c` DROP COLUMN `y`"


def test_no_more_is_kept_than_fits() -> None:
    printed = PrintedTexts(max_bytes=2 * ENTRY_BYTES)
    for text in ("a", "b", "a", "c"):
        printed.keep(digest_of(text), digest_of(text))
    known = [text for text in "abc" if printed.get(digest_of(text)) is not None]
    assert known == ["a", "c"]
