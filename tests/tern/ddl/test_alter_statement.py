"""A user's ALTER: its table, its renames, and what is refused (E-7, C-44)."""

import pytest

from tern.ddl.alter_statement import read_alter
from tern.errors import InvalidSchema


def test_the_table_and_its_clauses_are_read_and_nothing_else() -> None:
    read = read_alter("alter table `shop`.`Odd ``name` MODIFY a INT, ADD b INT;", schema="shop")
    assert (read.table, read.clauses) == ("Odd `name", "MODIFY a INT, ADD b INT")
    assert read.on("other") == "ALTER TABLE `other` MODIFY a INT, ADD b INT"


@pytest.mark.parametrize(
    ("clauses", "renames"),
    [
        ("CHANGE a b INT, CHANGE COLUMN `c` `d e` ENUM('x, y', ')')", {"b": "a", "d e": "c"}),
        ("RENAME COLUMN a TO b, RENAME INDEX i TO j", {"b": "a"}),
        ("CHANGE a A BIGINT", {}),
        ("MODIFY a INT COMMENT 'CHANGE x y'", {}),
    ],
)
def test_renames_are_what_the_statement_says(clauses: str, renames: dict[str, str]) -> None:
    assert read_alter(f"ALTER TABLE t {clauses}", schema="shop").renames == renames


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("DROP TABLE t", "does not begin with ALTER TABLE"),
        ("ALTER TABLE t", "no clause"),
        ("ALTER TABLE t ADD a INT; DROP TABLE t", "more than one statement"),
        ("ALTER TABLE t ADD a INT, ALGORITHM=COPY", "leave out ALGORITHM"),
        ("ALTER TABLE t LOCK = NONE, ADD a INT", "leave out LOCK"),
        ("ALTER TABLE t RENAME TO u", "renames the table"),
        ("ALTER TABLE t RENAME u", "renames the table"),
        ("ALTER TABLE other.t ADD a INT", "its schema is other"),
        ("ALTER TABLE t ADD a INT COMMENT 'open", "never"),
    ],
)
def test_what_can_not_be_honoured_is_refused(text: str, reason: str) -> None:
    with pytest.raises(InvalidSchema) as caught:
        read_alter(text, schema="shop")
    assert reason in caught.value.message or "end" in caught.value.message
