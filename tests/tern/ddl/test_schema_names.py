import pytest

from tern.ddl.flavor import Flavor, Vendor
from tern.ddl.schema_names import replace_schema_names, schema_names
from tests.tern.ddl.texts import MARIADB


@pytest.mark.parametrize(
    "text",
    [
        "CONSTRAINT f FOREIGN KEY (a) REFERENCES `shop`.`users` (id)",
        "CONSTRAINT f FOREIGN KEY (a) REFERENCES shop . users (id)",
        "a int DEFAULT nextval(`shop`.`s`)",
        "a int DEFAULT (NEXT VALUE FOR `shop`.`s`)",
        "a int DEFAULT (PREVIOUS VALUE FOR shop.s)",
        "a int DEFAULT (lastval(`shop`.`s`) + setval(`shop`.`s`, 5))",
    ],
)
def test_schema_that_a_server_would_follow_is_found_and_replaced(text: str) -> None:
    assert schema_names(text) == {"shop"}
    replaced = replace_schema_names(text, {"shop": "scr`atch"}, flavor=MARIADB)
    assert schema_names(replaced) == {"scr`atch"}
    back = replace_schema_names(replaced, {"scr`atch": "shop"}, flavor=MARIADB)
    assert back.replace("`", "") == text.replace("`", "")


@pytest.mark.parametrize(
    "text",
    [
        "a int COMMENT 'REFERENCES `shop`.`users`'",
        "-- REFERENCES shop.users\na int",
        "REFERENCES `shop` (`id`)",
        "CHECK (`shop`.`a` > 0)",
        "a int DEFAULT (`shop`.`f`(1))",
        "a int DEFAULT nextval(s)",
        "KEY k FOR (`shop`.`x`)",
        "VALUE FOR shop.x",
        "VALUE FOR shop.x NEXT",
        "x VALUE FOR shop.x",
        "REFERENCES `shop`.",
    ],
)
def test_other_dots_are_left_alone(text: str) -> None:
    assert schema_names(text) == set()
    assert replace_schema_names(text, {"shop": "x"}, flavor=MARIADB) == text


def test_schema_outside_the_plan_becomes_what_the_caller_says() -> None:
    text = "FOREIGN KEY (a) REFERENCES `crm`.`p` (id), FOREIGN KEY (b) REFERENCES `shop`.`q` (id)"
    replaced = replace_schema_names(
        text, {"shop": "w"}, flavor=MARIADB, otherwise=lambda name: f"no_{name}"
    )
    assert replaced == (
        "FOREIGN KEY (a) REFERENCES `no_crm`.`p` (id), FOREIGN KEY (b) REFERENCES `w`.`q` (id)"
    )


def test_schema_names_compare_as_table_names_do() -> None:
    text = "REFERENCES `Shop`.`p` (id)"
    folding = Flavor(vendor=Vendor.MYSQL, version=(8, 0, 36), lower_case_table_names=1)
    assert replace_schema_names(text, {"shop": "w"}, flavor=folding) == "REFERENCES `w`.`p` (id)"
    assert replace_schema_names(text, {"shop": "w"}, flavor=MARIADB) == text


def test_text_without_schemas_comes_back_to_the_character() -> None:
    text = "CREATE TABLE `t` (\n\t`a`   int -- odd\r\n)"
    assert replace_schema_names(text, {"shop": "x"}, flavor=MARIADB) == text
