"""Files from a live schema, drift from them, and the way back, through a served socket."""

from pathlib import Path

import pytest

from integration.cli.flavors import MARIADB_FIRST, MYSQL_FIRST
from integration.cli.processes import ENVIRONMENT, Shop

WHERE = ("-d", "shop", "-e", ENVIRONMENT)
USERS = "CREATE TABLE users (id BIGINT PRIMARY KEY, name VARCHAR(40) NOT NULL) CHARSET utf8mb4;\n"
MORE = USERS.replace("NOT NULL)", "NOT NULL, age INT)")
TEAMS = "CREATE TABLE teams (id BIGINT PRIMARY KEY) CHARSET utf8mb4;\n"


def applied(shop: Shop, place: Path) -> str:
    ran = shop.run("apply", "-s", str(place), "-e", ENVIRONMENT, "-y", "--json")
    assert ran.status == 0, ran
    return str(ran.documents[0]["apply_id"])


def columns(shop: Shop, table: str) -> list[str]:
    sql = (
        "SELECT column_name FROM information_schema.columns "
        "WHERE table_schema = %s AND table_name = %s ORDER BY ordinal_position"
    )
    return [name for (name,) in shop.database.query(sql, shop.database.name, table)]


@pytest.mark.timeout(300)
@MARIADB_FIRST
def test_what_was_pulled_is_in_sync_until_somebody_changes_the_database(shop: Shop) -> None:
    shop.serve()
    shop.database.query(USERS)
    place = shop.folder / "pulled"
    pull = ("pull", *WHERE, "-s", str(place))
    assert shop.run(*pull).status == 0
    assert "nothing changed" in shop.run(*pull).out
    drift = ("drift", "-s", str(place), "-e", ENVIRONMENT, "--exit-code")
    assert shop.run(*drift).status == 0
    shop.database.query("ALTER TABLE users ADD COLUMN age INT")
    drifted = shop.run(*drift)
    assert (drifted.status, "DROP COLUMN `age`" in drifted.out) == (3, True), drifted
    unknown = shop.run("drift", *WHERE)
    assert (unknown.status, "nothing was applied" in unknown.out) == (1, True), unknown
    assert shop.run(*pull, "--check").status == 1
    assert shop.run(*pull).status == 0
    assert "`age`" in (place / "users.sql").read_text()


@pytest.mark.timeout(300)
@MYSQL_FIRST
def test_a_rollback_brings_the_original_back_and_loses_nothing_unasked(shop: Shop) -> None:
    shop.serve()
    applied(shop, shop.files(users=USERS))
    apply_id = applied(shop, shop.files(users=MORE, teams=TEAMS))
    rollback = ("rollback", apply_id, "-e", ENVIRONMENT, "-y")
    refused = shop.run(*rollback)
    assert (refused.status, "--allow-unsafe" in refused.err) == (1, True), refused
    assert columns(shop, "users") == ["id", "name", "age"]
    done = shop.run(*rollback, "--allow-unsafe")
    assert done.status == 0, done
    assert columns(shop, "users") == ["id", "name"]
    assert columns(shop, "teams") == []
    history = shop.run("history", "-d", "shop")
    assert (history.status, "DROP COLUMN `age`" in history.out) == (0, True), history
