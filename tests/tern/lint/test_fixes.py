"""Each rule that can mend its findings changes no more of the text than it must (P-45)."""

from dataclasses import replace

import pytest

from tern.ddl.flavor import Flavor, Vendor
from tern.ddl.table import Table
from tern.lint.fixes import FIXES, edited, fix_of
from tern.lint.linting import lint
from tern.values.schema_files import LintConfig
from tests.tern.lint.subjects import ID, PK, PLAIN, UNIQUE, beside, subject
from tests.tern.lint.tables import OPTIONS, table

COUNTER = table("`id` int NOT NULL AUTO_INCREMENT", PK)
DATED = table(ID, "`d` datetime(3) NOT NULL", PK)
LATIN = table(ID, "`n` varchar(9) CHARACTER SET latin1", PK)
LATIN_TABLE = table(ID, PK, options="ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_bin")

# rule -> what the file says, what the server makes of it, what is named, what the file says then
CASES: list[tuple[str, Table, str | None, str, str]] = [
    (
        "display_width",
        PLAIN,
        "a",
        "CREATE TABLE t (id bigint /* key */, a INT(11) -- it\n NOT NULL)",
        "CREATE TABLE t (id bigint /* key */, a INT -- it\n NOT NULL)",
    ),
    (
        "auto_inc_type",
        COUNTER,
        "id",
        "CREATE TABLE t (\n  id INT(10) UNSIGNED AUTO_INCREMENT, -- counts\n  PRIMARY KEY (id))",
        "CREATE TABLE t (\n  id BIGINT UNSIGNED AUTO_INCREMENT, -- counts\n  PRIMARY KEY (id))",
    ),
    (
        "temporal_default",
        DATED,
        "d",
        "CREATE TABLE t (id int, d datetime(3) NOT NULL COMMENT 'x')",
        "CREATE TABLE t (id int, d datetime(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) COMMENT 'x')",
    ),
    (
        "allow_charset",
        LATIN,
        "n",
        "CREATE TABLE t (id bigint, n varchar(9) CHARACTER SET latin1 COLLATE latin1_bin NULL)",
        "CREATE TABLE t (id bigint, n varchar(9) CHARACTER SET utf8mb4 NULL)",
    ),
    (
        "allow_charset",
        LATIN,
        "n",
        "CREATE TABLE t (id bigint, n varchar(9) NULL COLLATE latin1_bin)",
        "CREATE TABLE t (id bigint, n varchar(9) CHARACTER SET utf8mb4 NULL)",
    ),
    (
        "allow_charset",
        LATIN_TABLE,
        None,
        "CREATE TABLE t (id bigint) ENGINE=InnoDB CHARSET=latin1 DEFAULT COLLATE = latin1_bin",
        "CREATE TABLE t (id bigint) ENGINE=InnoDB CHARSET=utf8mb4",
    ),
    (
        "implicit_charset",
        PLAIN,
        None,
        "CREATE TABLE t (i x) # x\nPARTITION BY KEY ()",
        "CREATE TABLE t (i x) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin # x\nPARTITION BY KEY ()",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}-{case[2]}")
def test_a_fix_changes_only_the_tokens_it_must(
    case: tuple[str, Table, str | None, str, str],
) -> None:
    rule, desired, named, text, wanted = case
    fix = fix_of(subject(None, desired, source=text), rule, named)
    assert fix is not None
    assert (fix.problem, edited(text, fix.edits)) == (None, wanted)


def test_a_dropped_index_comes_back_hidden() -> None:
    text = "CREATE TABLE t (\n  id bigint,\n  a int -- last\n)"
    one = subject(UNIQUE, PLAIN, source=text)
    fix = fix_of(one, "drop_visible_index", "u")
    assert fix is not None
    wanted = "CREATE TABLE t (\n  id bigint,\n  a int,\n  UNIQUE KEY `u` (`a`) INVISIBLE -- last\n)"
    assert edited(text, fix.edits) == wanted
    of_mariadb = replace(one, flavor=Flavor(vendor=Vendor.MARIADB, version=(10, 11, 0)))
    ignored = fix_of(of_mariadb, "drop_visible_index", "u")
    assert ignored is not None
    assert edited(text, ignored.edits) == wanted.replace("INVISIBLE", "IGNORED")


def test_every_fixable_rule_has_a_case() -> None:
    assert {case[0] for case in CASES} | {"drop_visible_index"} == set(FIXES)


def test_a_column_that_a_foreign_key_ties_is_left_to_people() -> None:
    text = "CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY) CHARSET utf8mb4"
    child = table(ID, "CONSTRAINT `f` FOREIGN KEY (`id`) REFERENCES `t` (`id`)", name="c")
    near = beside(COUNTER, child)
    one = subject(None, COUNTER, source=text, neighbours=near)
    fix = fix_of(one, "auto_inc_type", "id")
    assert fix is not None
    assert fix.edits == ()
    assert fix.problem == ("foreign key `f` of `c` points at `id`; change both columns by hand")
    (found,) = [f for f in lint([one], LintConfig()) if f.rule == "auto_inc_type"]
    assert not found.fixable


def test_a_padded_number_keeps_its_width() -> None:
    text = "CREATE TABLE t (id bigint, a int(8) ZEROFILL)"
    assert fix_of(subject(None, PLAIN, source=text), "display_width", "a") is None


def test_two_findings_that_want_the_same_text_get_it_once() -> None:
    text = "CREATE TABLE t (id bigint)"
    options = OPTIONS.replace("utf8mb4", "latin1").replace("utf8mb4_bin", "latin1_bin")
    one = subject(None, table(ID, PK, options=options), source=text)
    fixes = [fix_of(one, rule, None) for rule in ("allow_charset", "implicit_charset")]
    edits = [edit for fix in fixes if fix is not None for edit in fix.edits]
    assert edited(text, edits) == "CREATE TABLE t (id bigint) DEFAULT CHARSET=utf8mb4"
