from tern.ddl.diff.renames import TableRename, renamed_table
from tern.ddl.table import with_collations, with_named_options
from tests.tern.ddl.texts import captured, table

RENAME = TableRename(old_name="t", new_name="new", columns={"a": "x`y", "b": "c"})


def test_nothing_renamed_is_the_very_same_table() -> None:
    one = table("`a` int")
    assert renamed_table(one, None) is one


def test_columns_are_followed_wherever_the_server_follows_them() -> None:
    one = table(
        "`A` int COMMENT '`a`'", "`b` int GENERATED ALWAYS AS ((`a` + `d`)) VIRTUAL", "`d` text",
        "PRIMARY KEY (`a`)", "KEY `b` (`b`,`d`(3)) COMMENT 'a'",
        "KEY `n` USING BTREE ((lower(`a`)))",
        "FULLTEXT KEY `a` (`d`) /*!50100 WITH PARSER `b` */ ", "PERIOD FOR `a` (`a`, `b`)",
        "CONSTRAINT `a` FOREIGN KEY (`a`) REFERENCES `a` (`a`)",
        "CONSTRAINT `b` CHECK ((`a` > `s`.`a`))",
        cut="\n/*!50500 PARTITION BY RANGE  COLUMNS(a,`b`)\nSUBPARTITION BY KEY (a)\n"
        "(PARTITION a VALUES LESS THAN (1,2) ENGINE = InnoDB) */",
    )  # fmt: skip
    found = renamed_table(one, TableRename(old_name="t", new_name="t", columns=RENAME.columns))
    assert found.text == table(
        "`x``y` int COMMENT '`a`'", "`c` int GENERATED ALWAYS AS ((`x``y` + `d`)) VIRTUAL",
        "`d` text",
        "PRIMARY KEY (`x``y`)", "KEY `b` (`c`,`d`(3)) COMMENT 'a'",
        "KEY `n` USING BTREE ((lower(`x``y`)))",
        "FULLTEXT KEY `a` (`d`) /*!50100 WITH PARSER `b` */ ", "PERIOD FOR `a` (`x``y`, `c`)",
        "CONSTRAINT `a` FOREIGN KEY (`x``y`) REFERENCES `a` (`a`)",
        "CONSTRAINT `b` CHECK ((`x``y` > `s`.`a`))",
        cut="\n/*!50500 PARTITION BY RANGE  COLUMNS(`x``y`,`c`)\nSUBPARTITION BY KEY (`x``y`)\n"
        "(PARTITION a VALUES LESS THAN (1,2) ENGINE = InnoDB) */",
    ).text  # fmt: skip


def test_table_takes_its_automatic_names_along() -> None:
    one = table(
        "`z` int", "CONSTRAINT `t_ibfk_1` FOREIGN KEY (`z`) REFERENCES `p` (`i`)",
        "CONSTRAINT `T_chk_1` CHECK ((`z` > 1))", "CONSTRAINT `tt_chk_1` CHECK ((`z` > 2))",
    )  # fmt: skip
    found = renamed_table(one, RENAME)
    assert found.name == "new"
    assert [key.name for key in found.foreign_keys] == ["new_ibfk_1"]
    assert [check.name for check in found.checks] == ["new_chk_1", "tt_chk_1"]


def test_references_follow_their_parents() -> None:
    child = table(
        "`a` int", "CONSTRAINT `f` FOREIGN KEY (`a`) REFERENCES `t` (`a`, `z`)",
        "CONSTRAINT `g` FOREIGN KEY (`a`) REFERENCES `s`.`t` (`a`)",
        "CONSTRAINT `h` FOREIGN KEY (`a`) REFERENCES `u` (`a`)", name="child",
    )  # fmt: skip

    def parent(schema: str | None, name: str) -> TableRename | None:
        if schema == "s":
            return TableRename(old_name="t", new_name="t", columns={"a": "k"})
        return RENAME if name == "t" else None

    found = renamed_table(child, None, parent=parent)
    assert [key.text for key in found.foreign_keys] == [
        "CONSTRAINT `f` FOREIGN KEY (`a`) REFERENCES `new` (`x``y`, `z`)",
        "CONSTRAINT `g` FOREIGN KEY (`a`) REFERENCES `s`.`t` (`k`)",
        "CONSTRAINT `h` FOREIGN KEY (`a`) REFERENCES `u` (`a`)",
    ]


def test_what_is_known_beside_the_text_is_kept() -> None:
    one = with_collations(table("`a` text", "`z` text"), {"a": ("latin1", "latin1_bin")})
    found = renamed_table(with_named_options(one, frozenset({"engine"})), RENAME)
    assert found.named_options == frozenset({"engine"})
    assert [(c.name, c.collation) for c in found.columns] == [("x`y", "latin1_bin"), ("z", None)]


def test_names_of_partitions_are_no_columns() -> None:
    one = captured("mariadb/prs")
    renamed = TableRename(old_name="prs", new_name="prs", columns={"s0": "x", "p0": "y", "id": "k"})
    found = renamed_table(one, renamed)
    assert found.text == one.text.replace("`id`", "`k`")
