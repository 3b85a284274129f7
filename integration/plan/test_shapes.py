"""Tables of every shape: created, then planned again, they give an empty plan (P-56)."""

import pytest

from integration.plan.target import PlanTarget, carry_out
from tern.values.plan import PlanResult

COMMON = {
    "types": """CREATE TABLE types (
        id bigint unsigned NOT NULL AUTO_INCREMENT, a tinyint(1), b smallint unsigned zerofill,
        c mediumint, d decimal(20,6) unsigned, e float, f double, g bit(64), h date, i datetime(6),
        j timestamp NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP, k time(3), l year,
        m char(0), n varchar(255) CHARACTER SET latin1, o binary(16), p varbinary(99), q tinyblob,
        r mediumtext COLLATE utf8mb4_bin, s longblob, t enum('a','b''c','d\\\\e'), u set('x','y'),
        v json, w geometry NOT NULL, PRIMARY KEY (id), SPATIAL KEY (w)) COMMENT 'a ''b'' \\\\ c'""",
    "keys": """CREATE TABLE `keys` (a int, b varchar(99), c text, d int NOT NULL,
        PRIMARY KEY (d, a), UNIQUE KEY u (b, a), KEY `p,q` (c(10), b DESC),
        FULLTEXT KEY ft (b, c)) ENGINE=InnoDB""",
    "generated": """CREATE TABLE computed (id int PRIMARY KEY, a int, b int AS (a + 1) VIRTUAL,
        c int GENERATED ALWAYS AS (a * 2) STORED, KEY (b))""",
    "checks": """CREATE TABLE checks (id int PRIMARY KEY, a int, b varchar(9),
        CONSTRAINT positive CHECK (a > 0), CHECK (b <> 'x,y)'))""",
    "defaults": """CREATE TABLE defaults (id int PRIMARY KEY, a varchar(9) DEFAULT '',
        b int DEFAULT -1, c varchar(40) DEFAULT (UUID()), d datetime DEFAULT '0000-00-00 00:00:00',
        e bit(3) DEFAULT b'101', f char(3) NOT NULL DEFAULT 'NUL')""",
    "binary default": "CREATE TABLE raw (id int PRIMARY KEY, a binary(3) DEFAULT x'ff0027')",
    "ranges": """CREATE TABLE ranges (id int, at date NOT NULL, PRIMARY KEY (id, at))
        PARTITION BY RANGE COLUMNS (at) (PARTITION a VALUES LESS THAN ('2020-01-01'),
        PARTITION z VALUES LESS THAN (MAXVALUE))""",
    "hashed": "CREATE TABLE hashed (id int PRIMARY KEY) PARTITION BY KEY (id) PARTITIONS 3",
    "options": "CREATE TABLE options (id int PRIMARY KEY) ROW_FORMAT=DYNAMIC STATS_PERSISTENT=1",
    "strange name": """CREATE TABLE `strange ``n,a)me` (`a
        b` int PRIMARY KEY, `c,d` int COMMENT 'e,f)', KEY `g\th` (`c,d`))""",
    "unicode": "CREATE TABLE `ünïcode_表` (`ключ` int PRIMARY KEY, v varchar(9) COMMENT 'x😀y')",
    "long": f"CREATE TABLE {'n' * 64} ({'c' * 64} int PRIMARY KEY, x int, KEY {'k' * 64} (x))",
    "other charset": "CREATE TABLE other (id int PRIMARY KEY, a text) CHARSET latin1",
    "self": """CREATE TABLE self (id int PRIMARY KEY, up int,
        CONSTRAINT to_self FOREIGN KEY (up) REFERENCES self (id) ON DELETE SET NULL)""",
    "executable comment": "CREATE TABLE executable (id int PRIMARY KEY) /*!40100 COMMENT 'x' */",
}
MYSQL = {
    "functional": "CREATE TABLE functional (id int PRIMARY KEY, a int, j json, KEY ((a + 1)),"
    " KEY m ((CAST(j->'$.x' AS UNSIGNED ARRAY))))",
    "invisible": "CREATE TABLE invisible (id int PRIMARY KEY, a int INVISIBLE, KEY k (a) INVISIBLE,"
    " CHECK (a > 1) NOT ENFORCED)",
    "srid": "CREATE TABLE srid (id int PRIMARY KEY, p point NOT NULL SRID 4326, SPATIAL KEY (p))",
    "vector": "CREATE TABLE vector_t (id int PRIMARY KEY, v vector(3))",
}
MARIADB = {
    "ignored": "CREATE TABLE ignored (id int PRIMARY KEY, a int INVISIBLE, KEY k (a) IGNORED)",
    "uuid": "CREATE TABLE uuids (id uuid PRIMARY KEY DEFAULT uuid(), a inet6, b inet4)",
    "versioned": "CREATE TABLE versioned (id int PRIMARY KEY, a int) WITH SYSTEM VERSIONING",
    "sequence": "CREATE SEQUENCE numbers START WITH 5; CREATE TABLE numbered (id bigint PRIMARY KEY"
    " DEFAULT nextval(numbers))",
    "aria": "CREATE TABLE aria (id int PRIMARY KEY, a text) ENGINE=Aria PAGE_CHECKSUM=1",
    "column check": "CREATE TABLE column_check (id int PRIMARY KEY, a int CHECK (a > 0))",
}
ONLY = [("mysql", name) for name in MYSQL] + [("mariadb", name) for name in MARIADB]


def assert_settles(target: PlanTarget, text: str) -> PlanResult:
    first = target.plan(text)
    assert not first.problems, first.problems
    assert first.statements
    assert all(s.proof is None and s.verdict == "direct" for s in first.statements)
    carry_out(target, first)
    again = target.plan(text)
    assert (again.problems, again.statements, again.warnings) == ((), (), ())
    return again


@pytest.mark.parametrize("name", COMMON)
def test_a_created_table_gives_an_empty_plan(target: PlanTarget, name: str) -> None:
    result = assert_settles(target, COMMON[name])
    pulled = [f"{original.text};" for original in result.originals]
    assert target.plan(*pulled).statements == ()


@pytest.mark.parametrize(("vendor", "name"), ONLY)
def test_a_created_table_of_one_vendor_gives_an_empty_plan(
    target: PlanTarget, vendor: str, name: str
) -> None:
    if target.server.flavor != vendor:
        return  # the other vendor's server knows no such table
    assert_settles(target, (MYSQL if vendor == "mysql" else MARIADB)[name])


def test_all_of_them_together_give_an_empty_plan(target: PlanTarget) -> None:
    texts = [*COMMON.values(), *(MARIADB if target.is_mariadb else MYSQL).values()]
    assert_settles(target, ";\n".join(texts))


def test_rows_do_not_make_a_table_differ(target: PlanTarget) -> None:
    text = "CREATE TABLE t (id int PRIMARY KEY AUTO_INCREMENT, a varchar(9) COMMENT ') ENGINE=x')"
    carry_out(target, target.plan(text))
    target.run("INSERT INTO t (a) VALUES ('a'), ('b')")
    assert "AUTO_INCREMENT=3" in target.show("t")
    result = target.plan(text)
    assert result.statements == ()
    assert "AUTO_INCREMENT=" not in result.originals[0].text
