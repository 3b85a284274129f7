"""Links in a schema directory: followed inside the repository, refused beyond it (P-2, C-9)."""

from pathlib import Path

import pytest

from cli.errors import FileUnreadable
from cli.schema_files import read_contents, read_schema_files

USERS = "CREATE TABLE users (id bigint PRIMARY KEY) CHARSET utf8mb4;\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A schema directory in a repository, with one namespace; beside it what isn't of it."""
    repository = tmp_path / "repository"
    (repository / ".git").mkdir(parents=True)
    schema = repository / "schema"
    for folder in (schema / "shop", repository / "common", tmp_path / "elsewhere"):
        folder.mkdir(parents=True)
        (folder / "users.sql").write_text(USERS)
    (schema / "schemabot.yaml").write_text("database: shop\n")
    return schema


async def test_a_linked_directory_is_a_namespace(root: Path) -> None:
    (root / "shop_eu").symlink_to(root / "shop")
    (root / "audit").symlink_to("../common")
    directory = await read_schema_files(root)
    found = {name: dict(texts) for name, texts in directory.files.files.items()}
    assert found == {name: {"users.sql": USERS} for name in ("audit", "shop", "shop_eu")}


@pytest.mark.parametrize("place", ["shop_eu", "shop/more.sql"])
def test_a_link_that_leaves_the_repository_is_refused(root: Path, place: str) -> None:
    target = root.parents[1] / "elsewhere"
    (root / place).symlink_to(target / "users.sql" if place.endswith(".sql") else target)
    with pytest.raises(FileUnreadable, match="the link leaves the repository"):
        read_contents(root)


def test_a_link_to_a_directory_above_it_is_refused(root: Path) -> None:
    (root / "shop" / "again").symlink_to(root)
    with pytest.raises(FileUnreadable, match="leads back to a directory above it"):
        read_contents(root)


def test_what_hides_is_not_read(root: Path) -> None:
    (root / ".git").mkdir()
    (root / ".git" / "x.sql").write_text(USERS)
    assert sorted(read_contents(root)) == ["schemabot.yaml", "shop/users.sql"]
