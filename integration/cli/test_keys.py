"""Keys at the picture of a running copy, typed at a pseudo-terminal (C-21)."""

import re

import pytest

from integration.cli.copies import amount_type, eventually_so, half_way, held_row, seed, widened
from integration.cli.flavors import MARIADB_FIRST, MYSQL_FIRST
from integration.cli.processes import ENVIRONMENT, Shop
from integration.cli.test_terminal import Terminal, terminal

pytestmark = pytest.mark.timeout(400)

ARGUMENTS = ("-e", ENVIRONMENT, "-y")


def apply_id(screen: Terminal) -> str:
    """The apply that the picture is of."""
    screen.until(r"apply-[0-9a-f]{16}")
    found = re.search(r"apply-[0-9a-f]{16}", screen.seen)
    assert found is not None
    return found[0]


@MARIADB_FIRST
def test_volume_stop_and_leaving_by_keys(shop: Shop) -> None:
    seed(shop.database)
    shop.serve()
    widened(shop)
    with held_row(shop.database):
        with terminal(shop, "apply", "-s", str(shop.folder / "schema"), *ARGUMENTS) as screen:
            found = apply_id(screen)
            half_way(shop, found)
            screen.until("v volume")
            screen.type("v")
            screen.until("Left, Right")
            screen.type("7")
            eventually_so(shop, found, lambda progress: progress["volume"] == 7)
            screen.type("v")
            screen.until("s stop")
            screen.type("s")
            assert screen.end() == 1
        assert shop.progress(found)["state"] == "stopped"
        with terminal(shop, "start", found, "-e", ENVIRONMENT) as screen:
            screen.until("Esc leave")
            screen.type("q")
            assert screen.end() == 0
            assert "goes on without you" in screen.seen
        assert not shop.progress(found)["terminal"]
    eventually_so(shop, found, lambda progress: progress["state"] == "completed")


@MYSQL_FIRST
def test_enter_lets_a_held_cutover_go_and_x_asks_before_it_cancels(shop: Shop) -> None:
    seed(shop.database)
    shop.serve()
    schema = str(shop.folder / "schema")
    widened(shop)
    with terminal(shop, "apply", "-s", schema, *ARGUMENTS, "--defer-cutover") as screen:
        screen.until("Enter cut over")
        screen.type("x")
        screen.until("y cancels")
        screen.type("n")
        eventually_so(
            shop, apply_id(screen), lambda progress: progress["tasks"][0]["cutover"]["ready"]
        )
        screen.type("\n")
        assert screen.end() == 0
    assert amount_type(shop.database) == "bigint"
