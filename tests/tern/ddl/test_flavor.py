import pytest

from tern.ddl.errors import UnknownServerVersion
from tern.ddl.flavor import Flavor, Vendor


@pytest.mark.parametrize(
    ("version", "comment", "vendor", "expected"),
    [
        ("8.0.36", "MySQL Community Server - GPL", Vendor.MYSQL, (8, 0, 36)),
        ("8.0.36-28", "Percona Server (GPL), Release 28", Vendor.MYSQL, (8, 0, 36)),
        ("9.7.4-2", "(Debian)", Vendor.MYSQL, (9, 7, 4)),
        ("10.11.19-MariaDB-0+deb12u1-log", "Debian 12", Vendor.MARIADB, (10, 11, 19)),
        ("5.5.5-10.6.18-MariaDB", "", Vendor.MARIADB, (10, 6, 18)),
        ("11.4.2", "mariadb.org binary distribution", Vendor.MARIADB, (11, 4, 2)),
        ("5.5.5", "MySQL", Vendor.MYSQL, (5, 5, 5)),
    ],
)
def test_version_texts_of_servers_are_understood(
    version: str, comment: str, *, vendor: Vendor, expected: tuple[int, int, int]
) -> None:
    flavor = Flavor.parse(version, comment, 1)
    assert (flavor.vendor, flavor.version) == (vendor, expected)
    assert flavor.lower_case_table_names == 1


def test_text_without_a_version_is_an_error_that_quotes_it() -> None:
    with pytest.raises(UnknownServerVersion, match="'proxy'"):
        Flavor.parse("proxy")


def test_flavor_reads_as_people_write_it() -> None:
    assert str(Flavor.parse("8.0.36")) == "MySQL 8.0.36"
    assert str(Flavor.parse("10.11.19-MariaDB")) == "MariaDB 10.11.19"


@pytest.mark.parametrize(
    ("version", "limit"),
    [("8.0.28", None), ("8.0.29", 64), ("9.0.1", 64), ("9.1.0", 255), ("11.8.1-MariaDB", None)],
)
def test_row_versions_are_limited_by_mysql_alone(version: str, limit: int | None) -> None:
    assert Flavor.parse(version).instant_row_versions() == limit


@pytest.mark.parametrize(
    ("question", "yes", "no"),
    [
        ("has_instant", ["8.0.12", "10.3.2-MariaDB"], ["8.0.11", "5.7.44", "10.2.9-MariaDB"]),
        ("has_nocopy", ["10.6.1-MariaDB"], ["9.7.4"]),
        ("has_skip_locked", ["8.0.36", "10.6.0-MariaDB"], ["5.7.44", "10.5.9-MariaDB"]),
        ("has_nowait", ["8.0.36", "10.3.0-MariaDB"], ["5.7.44"]),
        ("says_for_share", ["8.0.36"], ["10.11.1-MariaDB"]),
        ("prints_binary_defaults_raw", ["10.11.1-MariaDB"], ["8.0.36"]),
        ("drops_check_with_constraint", ["10.11.1-MariaDB"], ["8.0.36"]),
        ("has_check_enforcement", ["8.0.16"], ["8.0.15", "10.11.1-MariaDB"]),
        ("names_checks_per_schema", ["8.0.16"], ["10.11.1-MariaDB"]),
        ("hides_index_with_ignored", ["10.11.1-MariaDB"], ["8.0.36"]),
        ("has_sequences", ["10.3.1-MariaDB"], ["9.7.4"]),
        ("has_rename_column", ["8.0.3", "10.5.2-MariaDB"], ["5.7.44", "10.5.1-MariaDB"]),
        ("has_rename_index", ["5.7.1", "10.5.2-MariaDB"], ["5.6.51", "10.4.9-MariaDB"]),
        ("renames_columns_in_expressions", ["10.11.1-MariaDB"], ["9.7.4"]),
        ("recasts_literals_in_expressions", ["9.7.4"], ["10.11.1-MariaDB"]),
        ("shows_binary_log_status", ["8.2.0", "9.7.4"], ["8.0.36", "10.11.1-MariaDB"]),
    ],
)
def test_question_is_answered_by_vendor_and_version(
    question: str, yes: list[str], no: list[str]
) -> None:
    assert [getattr(Flavor.parse(version), question)() for version in yes] == [True] * len(yes)
    assert [getattr(Flavor.parse(version), question)() for version in no] == [False] * len(no)


@pytest.mark.parametrize(
    ("opening", "runs_on"),
    [
        ("/*!", {"8.0.36", "10.11.19-MariaDB"}),
        ("/*!50100", {"8.0.36", "10.11.19-MariaDB"}),
        ("/*!80023", {"8.0.36"}),
        ("/*!80037", set()),
        ("/*!99999", set()),
        ("/*!100301", {"10.11.19-MariaDB"}),
        ("/*!101120", set()),
        ("/*M!", {"10.11.19-MariaDB"}),
        ("/*M!100301", {"10.11.19-MariaDB"}),
        ("/*M!50701", {"10.11.19-MariaDB"}),
    ],
)
def test_executable_comment_runs_where_its_number_says(opening: str, runs_on: set[str]) -> None:
    versions = ["8.0.36", "10.11.19-MariaDB"]
    found = {text for text in versions if Flavor.parse(text).executes_comment(opening)}
    assert found == runs_on
