import pytest
from hypothesis import given
from hypothesis import strategies as st

from tern.ddl.create_table import decode_show_create, parse_create_table
from tern.ddl.errors import UnsupportedTable
from tern.ddl.identifiers import quote
from tern.ddl.literals import string_literal
from tern.ddl.table import (
    Generated,
    IndexKind,
    PartitionKind,
    Storage,
    with_collations,
    with_named_options,
)
from tern.ddl.table_text import table_text
from tests.tern.ddl.texts import captured, captures, table

NAMES = st.text(
    st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"], exclude_characters="\0"),
    min_size=1,
    max_size=12,
)


@pytest.mark.parametrize("name", captures())
def test_what_a_server_printed_comes_back_byte_for_byte(name: str) -> None:
    text = decode_show_create(captures()[name])
    assert table_text(parse_create_table(text)) == text


def test_parsing_forgets_nothing_that_rendering_would_need() -> None:
    """P-24 must not hold by keeping the whole text."""
    read = captured("mysql/kinds")
    forgetful = type(read)(
        name=read.name,
        parts=read.parts,
        options=read.options,
        partitioning=read.partitioning,
        text="",
    )
    assert table_text(forgetful) == read.text


@given(
    names=st.lists(NAMES, min_size=1, max_size=5),
    comment=st.text(st.characters(exclude_categories=["Cs"])),
)
def test_names_and_comments_of_any_characters_survive(names: list[str], comment: str) -> None:
    columns = [
        f"  {quote(name)} enum('a,b','(') COMMENT {string_literal(comment)}" for name in names
    ]
    text = f"CREATE TABLE {quote(names[0])} (\n" + ",\n".join(columns) + "\n) ENGINE=InnoDB"
    read = parse_create_table(text)
    assert [column.name for column in read.columns] == names
    assert {column.type for column in read.columns} == {"enum('a,b','(')"}
    assert table_text(read) == text


def test_binary_default_that_is_no_utf8_becomes_hex() -> None:
    """P-20."""
    read = captured("mariadb/kinds")
    column = read.column("bin")
    assert column is not None
    assert column.default == "x'ff00fe41'"


@given(st.binary())
def test_any_bytes_in_a_literal_can_be_decoded(value: bytes) -> None:
    escaped = value.replace(b"\\", b"\\\\").replace(b"'", b"''").replace(b"\0", b"\\0")
    text = decode_show_create(
        b"CREATE TABLE `\xc3\xa9` (\n  `a` blob DEFAULT '" + escaped + b"'\n)"
    )
    assert text.startswith("CREATE TABLE `é` (")
    assert (f"x'{value.hex()}'" in text) is not is_utf8(value)


def is_utf8(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True


@pytest.mark.parametrize(
    ("raw", "reason"),
    [(b"CREATE TABLE `\xff` (", "cannot be read"), (b"CREATE 'TABLE", "never ends")],
)
def test_bytes_that_are_no_text_are_unsupported(raw: bytes, reason: str) -> None:
    with pytest.raises(UnsupportedTable, match=reason):
        decode_show_create(raw)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("CREATE VIEW `v` AS SELECT 1", "begins with 'CREATE VIEW `v`'"),
        ("CREATE TABLE", "begins with"),
        ("CREATE TABLE `t` AS", "begins with"),
        ("CREATE TABLE `t` (\n  `a` 'x", "never ends"),
        ("CREATE TABLE `t` (\n  `a`\n) ENGINE=InnoDB", "no known definition"),
        ("CREATE TABLE `t` (\n  5 int\n) ENGINE=InnoDB", "no known definition"),
        ("CREATE TABLE `t` (\n  CONSTRAINT `c` FROB (`a`)\n) ENGINE=InnoDB", "no known definition"),
        ("CREATE TABLE `t` (`a` int) ENGINE=InnoDB", "a form that is not known"),
        (
            "CREATE TABLE `t` (\n  `a` int\n) ENGINE=InnoDB\n PARTITION BY MOON (a)",
            "no known method",
        ),
    ],
)
def test_text_that_cannot_be_split_is_unsupported(text: str, reason: str) -> None:
    with pytest.raises(UnsupportedTable, match=reason.replace("(", r"\(")) as caught:
        parse_create_table(text)
    assert caught.value.code == "unsupported_table"


def test_columns_tell_what_a_comparison_asks() -> None:
    read = captured("mysql/kinds")
    columns = {column.name: column for column in read.columns}
    assert columns["id"].type == "bigint unsigned"
    assert columns["id"].is_auto_increment
    assert not columns["id"].is_nullable
    assert columns["d"].type == "decimal(10,2) unsigned zerofill"
    assert columns["b"].type == "enum('x,y','it''s')"
    assert columns["ts"].on_update == "CURRENT_TIMESTAMP ( 6 )"
    assert columns["st"].generated == Generated(
        expression="( ( `d` * 2 ) )", storage=Storage.STORED
    )
    assert columns["v"].generated is not None
    assert columns["v"].generated.storage is Storage.VIRTUAL
    assert columns["st"].uses == {"d"}
    assert columns["st"].comment == "'st'"
    assert columns["inv"].is_invisible
    assert columns["dt"].default == "NULL"
    assert columns["dt"].is_nullable
    assert not columns["dt"].is_row_bound


def test_mariadb_columns_tell_what_is_theirs() -> None:
    columns = {column.name: column for column in captured("mariadb/kinds").columns}
    assert columns["chk"].check == "( `chk` > 0 and `chk` < > 7 )"
    assert columns["e"].default == "concat ( 'a' , ',' , 'b' )"
    assert columns["inv"].default == "5"
    bounds = [column.is_row_bound for column in captured("mariadb/sv").columns]
    assert bounds == [False, True, True, False]


@pytest.mark.parametrize(
    ("definition", "default"),
    [
        (
            "`a` int DEFAULT (case when 1 then 2 else 3 end) COMMENT 'c'",
            "( case when 1 then 2 else 3 end )",
        ),
        ("`a` int DEFAULT case when 1 then 2 end CHECK (`a` > 0)", "case when 1 then 2 end"),
        ("`a` int DEFAULT nextval(`D`.`s`)", "nextval ( `D` . `s` )"),
        ("`a` int NOT NULL DEFAULT -1 COMMENT 'DEFAULT 5'", "- 1"),
        ("`a` char(3) DEFAULT 'b' INVISIBLE", "'b'"),
        ("`a` int GENERATED ALWAYS AS (1) PERSISTENT", None),
    ],
)
def test_default_ends_where_the_next_attribute_begins(definition: str, default: str | None) -> None:
    (column,) = table(definition).columns
    assert column.default == default


def test_charset_clause_is_taken_out_and_put_back() -> None:
    """P-22."""
    text = "`a` varchar(9) /*M!100301 COMPRESSED*/ CHARACTER SET latin1 COLLATE latin1_bin NOT NULL"
    (column,) = table(text).columns
    assert column.plain_definition == "varchar(9) /*M!100301 COMPRESSED*/ NOT NULL"
    assert column.with_charset_spelled() == column.definition
    known = with_collations(table(text), {"A": ("utf8mb4", "utf8mb4_bin")}).columns[0]
    assert known.with_charset_spelled() == (
        "varchar(9) /*M!100301 COMPRESSED*/ CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL"
    )


def test_compressed_outside_a_comment_ends_the_type() -> None:
    (column,) = table("`a` text COMPRESSED COLLATE utf8mb4_bin DEFAULT NULL").columns
    assert column.plain_definition == "text COMPRESSED DEFAULT NULL"


def test_collation_inside_an_expression_stays() -> None:
    (column,) = table("`a` int GENERATED ALWAYS AS (`b` COLLATE utf8mb4_bin = 'x') VIRTUAL").columns
    assert column.plain_definition == column.definition


def test_indexes_of_every_kind_are_told_apart() -> None:
    kinds = {index.name: index for index in captured("mysql/kinds").indexes}
    assert kinds["PRIMARY"].kind is IndexKind.PRIMARY
    assert kinds["u1"].parts == ("`a` ( 10 )", "`b`")
    assert kinds["u1"].options == "COMMENT 'u'"
    assert kinds["desc1"].parts == ("`d` DESC", "`id`")
    assert not kinds["ign"].is_visible
    assert kinds["ftx"].kind is IndexKind.FULLTEXT
    assert kinds["ftx"].options == "WITH PARSER `ngram`"
    assert kinds["sp"].kind is IndexKind.SPATIAL
    multi = {index.name: index for index in captured("mysql/mv").indexes}
    assert multi["mvk"].columns == ("j", "id")
    assert multi["mvk"].computed_from == {"j"}
    assert not captured("mariadb/kinds").indexes[3].is_visible


def test_vector_index_and_words_before_the_columns_are_read() -> None:
    vector, hashed = table(
        "`v` vector(3)", "VECTOR KEY `k` (`v`)", "KEY `h` USING HASH (`v`)"
    ).indexes
    assert vector.kind is IndexKind.VECTOR
    assert hashed.options == "USING HASH"


def test_constraints_are_told_apart() -> None:
    read = captured("mysql/child")
    first, second = read.foreign_keys
    assert (first.columns, first.parent_table, first.parent_columns) == (
        ("pid",),
        "parent",
        ("id",),
    )
    assert first.actions == "ON DELETE CASCADE ON UPDATE SET NULL"
    assert second.parent_columns == ("x", "y")
    checks = {check.name: check for check in captured("mysql/kinds").checks}
    assert not checks["kinds2_chk_2"].is_enforced
    assert checks["named"].is_enforced
    assert checks["named"].uses == {"d"}
    (period,) = captured("mariadb/per").periods
    assert (period.name, period.columns) == ("app", ("s", "e"))


def test_reference_into_another_schema_names_it() -> None:
    (key,) = table(
        "`a` int", "CONSTRAINT `f` FOREIGN KEY (`a`) REFERENCES `o p`.`t` (`b`)"
    ).foreign_keys
    assert (key.parent_schema, key.parent_table) == ("o p", "t")


@pytest.mark.parametrize(
    ("name", "kind", "method", "subpartitioning", "count", "partitions"),
    [
        ("mysql/pr", PartitionKind.RANGE, "RANGE ( `id` )", "", None, ["p0", "p,1", "pm"]),
        ("mysql/prc", PartitionKind.RANGE, "RANGE COLUMNS ( `d` , `id` )",
         "SUBPARTITION BY HASH ( `id` ) SUBPARTITIONS 2", None, ["p0", "p1"]),
        ("mariadb/prs", PartitionKind.RANGE, "RANGE ( `id` )", "SUBPARTITION BY KEY ( `d` )", None,
         ["p0", "p1"]),
        ("mysql/pk1", PartitionKind.KEY, "LINEAR KEY ALGORITHM = 1 ( `id` )", "", 3, []),
        ("mysql/phn", PartitionKind.HASH, "HASH ( `id` )", "", None, ["a", "b"]),
        ("mariadb/plc", PartitionKind.LIST, "LIST COLUMNS ( `d` )", "", None, ["p0", "p1"]),
        ("mariadb/svp", PartitionKind.SYSTEM_TIME,
         "SYSTEM_TIME INTERVAL 1 MONTH STARTS TIMESTAMP '2024-01-01 00:00:00'", "", 3, []),
        ("mariadb/svp2", PartitionKind.SYSTEM_TIME, "SYSTEM_TIME LIMIT 1000", "", None,
         ["p0", "p1", "pcur"]),
    ],
)  # fmt: skip
def test_partitioning_is_taken_apart(  # noqa: PLR0917 - one fact of a row each
    name: str, kind: PartitionKind, method: str, subpartitioning: str, count: int | None,
    partitions: list[str],
) -> None:  # fmt: skip
    read = captured(name).partitioning
    assert read is not None
    assert (read.kind, read.method, read.subpartitioning) == (kind, method, subpartitioning)
    assert (read.count, [part.name for part in read.partitions]) == (count, partitions)


def test_partitions_keep_bounds_and_options_without_engine() -> None:
    read = captured("mysql/pr").partitioning
    assert read is not None
    first, _, last = read.partitions
    assert (first.values, first.bounds) == ("VALUES LESS THAN ( 10 )", ("10",))
    assert first.options == r"COMMENT = 'it\'s, */ x'"
    assert (last.values, last.bounds, last.options) == ("VALUES LESS THAN MAXVALUE", (), "")
    lists = captured("mariadb/pl").partitioning
    assert lists is not None
    assert [part.bounds for part in lists.partitions] == [("NULL", "1", "2"), ("3",), ()]


def test_options_have_one_name_each() -> None:
    read = captured("mysql/my")
    assert read.option("engine") == "MyISAM"
    assert read.option("max_rows") == "100"
    assert read.option("union") is None
    assert captured("mysql/ts").options[0].text == "/*!50100 TABLESPACE `innodb_file_per_table` */"
    assert captured("mariadb/sv").option("system_versioning") == ""


def test_parts_are_found_by_kind_and_name() -> None:
    read = captured("mariadb/per")
    assert read.column("ID") is read.columns[0]
    assert read.column("nope") is None
    assert read.primary_key() is read.indexes[0]
    assert captured("mariadb/ph").primary_key() is None
    assert with_named_options(read, frozenset({"engine"})).named_options == frozenset({"engine"})
