"""Which environments a plan without `-e` shows, and in which order (C-11, P-1, P-54)."""

import pytest

from tests.cli.desk import YAML, Desk


def planned(desk: Desk, keys: str) -> tuple[int, list[str]]:
    """Exit code, and environments in the order shown, for a directory with these keys more."""
    folder = desk.schema
    (folder / "schemabot.yaml").write_text(YAML + keys)
    ran = desk.run("plan", "-s", str(folder), "--json")
    return ran.status, list(ran.documents[0])


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("", ["staging", "production"]),
        ("environments: [production]\n", ["production", "staging"]),
        ("environments: [Production, staging]\n", ["production", "staging"]),
    ],
)
def test_the_directory_orders_environments_else_staging_comes_first(
    desk: Desk, keys: str, expected: list[str]
) -> None:
    assert planned(desk, keys) == (0, expected)


def test_an_environment_that_only_the_directory_knows_is_a_failure_beside_the_plans(
    desk: Desk,
) -> None:
    status, names = planned(desk, "environments: [staging, prodution]\n")
    assert (status, names) == (1, ["staging", "production", "prodution"])
