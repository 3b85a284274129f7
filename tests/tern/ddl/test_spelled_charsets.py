"""P-14, P-22: a charset that is only spelled out makes no other table; any doubt is a no."""

import pytest

from tern.ddl.spelled_charsets import tell_the_same

AI = " DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci"
LATIN = " DEFAULT CHARSET=latin1"


def text(clause: str, options: str = AI, more: str = "") -> str:
    return (
        f"CREATE TABLE `t` (\n  `id` int NOT NULL,\n  `a` varchar(9){clause} DEFAULT NULL{more}\n"
        f") ENGINE=InnoDB{options}"
    )


SPELLED = " CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci"
CHECKS = [f"CONSTRAINT `{name}` CHECK ((`id` > {bound}))" for name, bound in (("x", 1), ("y", 2))]
ONE_ORDER, OTHER_ORDER = (",\n  " + ",\n  ".join(each) for each in (CHECKS, CHECKS[::-1]))


@pytest.mark.parametrize(
    ("live", "file"),
    [
        (text(SPELLED), text("")),
        (text(" COLLATE utf8mb4_0900_ai_ci"), text("")),
        (text(" CHARACTER SET latin1"), text(" CHARACTER SET latin1")),
        (text(" CHARACTER SET latin1", LATIN), text("", LATIN)),
        (text(SPELLED, more=OTHER_ORDER), text("", more=ONE_ORDER)),
    ],
)
def test_what_is_only_spelled_out_is_the_same(live: str, file: str) -> None:
    assert tell_the_same(live, file)
    assert tell_the_same(file, live)


@pytest.mark.parametrize(
    ("live", "file"),
    [
        (text(" CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"), text("")),
        (text(" CHARACTER SET latin1"), text("")),
        (text(SPELLED), text("", LATIN)),
        (text(SPELLED), text(SPELLED, LATIN)),
        # It is the same, but no text says which collation is latin1's default.
        (text(" CHARACTER SET latin1 COLLATE latin1_swedish_ci", LATIN), text("", LATIN)),
        (text(SPELLED, more=ONE_ORDER), text("", more=OTHER_ORDER.replace("> 2", "> 3"))),
        (text(SPELLED), text("").replace("varchar(9)", "varchar(8)")),
        (text(SPELLED), text("").replace("`t`", "`u`")),
        (text(SPELLED), text("", f"{AI} COMMENT='x'")),
        (text(SPELLED), text("", f"{AI}\n/*!50100 PARTITION BY HASH (`id`)\nPARTITIONS 2 */")),
        (text(SPELLED), "CREATE TABLE nonsense"),
    ],
)
def test_what_differs_or_is_in_doubt_is_not(live: str, file: str) -> None:
    assert not tell_the_same(live, file)
    assert not tell_the_same(file, live)
