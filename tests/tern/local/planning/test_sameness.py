"""A file whose tokens are those of the live text is the same; anything else must be asked."""

import pytest

from tern.ddl.flavor import Flavor, Vendor
from tern.ddl.statements import Definition, classify, split
from tern.local.planning.sameness import says_the_same
from tern.mysql.introspect import without_counter

FLAVOR = Flavor(vendor=Vendor.MYSQL, version=(8, 4, 0))
LIVE = (
    "CREATE TABLE `t` (\n  `id` int NOT NULL AUTO_INCREMENT,\n  PRIMARY KEY (`id`)\n"
    ") ENGINE=InnoDB AUTO_INCREMENT=42 DEFAULT CHARSET=utf8mb4"
)


def definition(text: str) -> Definition:
    (statement,) = split(text, file="t.sql")
    read = classify(statement, flavor=FLAVOR)
    assert not isinstance(read, tuple)
    return read


@pytest.mark.parametrize(
    "text",
    [
        LIVE,
        LIVE + ";\n",
        LIVE.replace(" AUTO_INCREMENT=42", ""),
        LIVE.replace("AUTO_INCREMENT=42", "AUTO_INCREMENT = 7"),
        LIVE.replace("\n  ", " ").replace(",", "  ,\n"),
        LIVE.replace("(\n", "( -- the key\n # and more\n /* all */\n"),
    ],
)
def test_only_space_comments_and_the_counter_may_differ(text: str) -> None:
    assert says_the_same(definition(text), LIVE)


@pytest.mark.parametrize(
    "text",
    [
        LIVE.replace("int NOT NULL AUTO_INCREMENT", "int NOT NULL"),
        LIVE.replace("`id` int", "`id` bigint"),
        LIVE.replace("CREATE", "create"),
        LIVE + " COMMENT='x'",
        LIVE.replace(" DEFAULT CHARSET=utf8mb4", ""),
        LIVE.replace("AUTO_INCREMENT,", "AUTO_INCREMENT /*!80023 INVISIBLE */,"),
    ],
)
def test_every_other_token_counts(text: str) -> None:
    assert not says_the_same(definition(text), LIVE)


def test_only_the_tables_own_counter_is_taken_away() -> None:
    text = LIVE.replace("(`id`)", "(`id`) COMMENT ') ENGINE=InnoDB AUTO_INCREMENT=9'")
    assert without_counter(text) == text.replace(" AUTO_INCREMENT=42", "")
