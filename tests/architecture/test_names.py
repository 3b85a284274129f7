"""Words that name nothing, and words that mean something else here."""

import re

from tests.architecture.source_tree import ROOT, class_names, place, product_files

VAGUE = {
    "util",
    "utils",
    "helper",
    "helpers",
    "common",
    "misc",
    "base",
    "core",
    "lib",
    "manager",
    "handler",
    "processor",
    "wrapper",
    "data",
    "info",
}


def words(name: str) -> set[str]:
    return {part.lower() for part in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", name)}


def test_no_file_or_folder_has_a_vague_name() -> None:
    vague = {
        place(path)
        for path in product_files()
        for part in path.relative_to(ROOT).with_suffix("").parts
        if words(part) & VAGUE
    }
    assert vague == set()


def test_no_class_has_a_vague_name() -> None:
    vague = {
        f"{place(path)}:{name}"
        for path in product_files()
        for name in class_names(path)
        if words(name) & VAGUE
    }
    assert vague == set()


def test_a_schema_change_is_never_called_a_migration() -> None:
    third_party = re.compile(
        r"MigrationContext|run_migrations|transaction_per_migration|alembic\S*migration\S*|vitess_migrations",
        re.IGNORECASE,
    )
    found = [
        f"{place(path)}:{number}"
        for path in product_files()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if "migration" in third_party.sub("", line).lower()
    ]
    assert found == []


def test_no_module_re_exports_or_declares_what_star_means() -> None:
    found = [
        place(path) for path in product_files() if "__all__" in path.read_text(encoding="utf-8")
    ]
    assert found == []
