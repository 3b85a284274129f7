"""rule -> a subject on which it fires, and one like it on which it is quiet (P-43, P-58)."""

from collections.abc import Mapping

from tern.ddl.flavor import Flavor, Vendor
from tern.ddl.table import Table, with_collations
from tern.lint.circumstances import Dependent, words_of
from tern.lint.rule import Subject
from tests.tern.lint.subjects import HASHED, ID, PK, PLAIN, beside, subject, with_column
from tests.tern.lint.tables import OPTIONS, table

COUNTER = table("`id` int NOT NULL AUTO_INCREMENT", PK)
WITHOUT_A = table(ID, PK)
KEYED = table(ID, "`a` int NOT NULL", PK, "KEY `k` (`a`)")
HIDDEN = table(ID, "`a` bigint NOT NULL", PK, "KEY `k` (`a`) /*!80000 INVISIBLE */")
CHILD = table(ID, PK, "CONSTRAINT `f` FOREIGN KEY (`id`) REFERENCES `p` (`id`)", name="t")
CHILD_WIDER = table(
    ID, "`n` int DEFAULT NULL", PK, "CONSTRAINT `f` FOREIGN KEY (`id`) REFERENCES `p` (`id`)"
)
PARENT = table(ID, PK, name="p")
PARENT_WITHOUT_KEY = table(ID, "KEY `i` (`id`)", name="p")
MYSQL_9 = Flavor(vendor=Vendor.MYSQL, version=(9, 7, 0))


def collated(collation: str, *keys: str) -> Table:
    found = table(ID, f"`A` varchar(9) COLLATE {collation}", PK, *keys)
    return with_collations(found, {"A": ("utf8mb4", collation)})


def sees(text: str, *, is_own: bool = False) -> tuple[Dependent, ...]:
    return (Dependent(name="`shop`.`v`", words=words_of(text), is_own=is_own),)


def ranged(*limits: int) -> Table:
    parts = ",\n ".join(f"PARTITION p{n} VALUES LESS THAN ({n}) ENGINE = InnoDB" for n in limits)
    cut = f"{OPTIONS}\n PARTITION BY RANGE (`id`)\n({parts})"
    return table(ID, PK, options=cut)


def inline(key: str = "") -> Subject:
    definitions = (ID, "`u` bigint DEFAULT NULL", PK, *((key,) if key else ()))
    source = "CREATE TABLE t (id bigint PRIMARY KEY, u bigint REFERENCES p (id))"
    return subject(None, table(*definitions), source=source)


UNIQUE_A = "UNIQUE KEY `u` (`A`)"
CUT = table(ID, "`a` int NOT NULL", PK, options=HASHED)
MOVED = table("`a` int NOT NULL", ID, PK)
CHARSET = "CREATE TABLE t (a int) CHARSET utf8mb4"
USER = table(ID, PK, name="users")
HISTORY = f"{OPTIONS} WITH SYSTEM VERSIONING"

CASES: Mapping[str, tuple[Subject, Subject]] = {
    "drop_partition": (
        subject(ranged(10, 20), ranged(20)),
        subject(ranged(10, 20), ranged(10, 20, 30)),
    ),
    "drop_versioning": (
        subject(table(ID, PK, options=HISTORY), WITHOUT_A),
        subject(WITHOUT_A, table(ID, PK, options=HISTORY)),
    ),
    "rename_table": (subject(table(ID, PK, name="old"), WITHOUT_A), subject(PLAIN, WITHOUT_A)),
    "collation_unique": (
        subject(collated("utf8mb4_bin", UNIQUE_A), collated("utf8mb4_general_ci", UNIQUE_A)),
        subject(collated("utf8mb4_bin"), collated("utf8mb4_general_ci")),
    ),
    "reorder_copies": (subject(PLAIN, MOVED, copies=True), subject(PLAIN, MOVED)),
    "partition_rebuild": (subject(PLAIN, CUT, copies=True), subject(PLAIN, CUT)),
    "display_width": (
        subject(None, PLAIN, source="CREATE TABLE t (a int(11), b int)"),
        subject(None, PLAIN, source="CREATE TABLE t (a tinyint(1), b varchar(9))"),
    ),
    "implicit_charset": (
        subject(None, PLAIN, source="CREATE TABLE t (a int)"),
        subject(None, PLAIN, source=CHARSET),
    ),
    "auto_inc_capacity": (
        subject(COUNTER, COUNTER, next_counter=1_900_000_000),
        subject(COUNTER, table("`id` bigint NOT NULL AUTO_INCREMENT", PK), next_counter=2**31 - 1),
    ),
    "disk_space": (
        subject(PLAIN, CUT, copies=True, disk_needed_bytes=2_000, disk_limit_bytes=1_000),
        subject(PLAIN, CUT, copies=True, disk_needed_bytes=2_000, disk_limit_bytes=None),
    ),
    "row_versions": (
        subject(PLAIN, WITHOUT_A, row_versions=(48, 64)),
        subject(PLAIN, WITHOUT_A, row_versions=(47, 64)),
    ),
    "drop_in_use": (
        subject(KEYED, PLAIN, uses={"k": 7}, window="3.0 h"),
        subject(KEYED, PLAIN, uses={"k": 0, "": 7}),
    ),
    "view_depends": (
        subject(PLAIN, WITHOUT_A, views=sees("select `shop`.`t`.`a` AS `x` from `shop`.`t`")),
        subject(PLAIN, WITHOUT_A, views=sees("select `shop`.`t`.`id` AS `x` from `shop`.`t`")),
    ),
    "trigger_depends": (
        subject(PLAIN, WITHOUT_A, triggers=sees("SET NEW.id = NEW.a", is_own=True)),
        subject(PLAIN, WITHOUT_A, triggers=sees("SET NEW.id = 'a'", is_own=True)),
    ),
    "fk_copy": (
        subject(CHILD, CHILD_WIDER, builds_blocked=True),
        subject(CHILD, CHILD_WIDER),
    ),
    "fk_parent": (
        subject(None, CHILD, neighbours=beside(PARENT_WITHOUT_KEY)),
        subject(None, CHILD, neighbours=beside(PARENT)),
    ),
    "inline_references": (
        inline(),
        inline("CONSTRAINT `f` FOREIGN KEY (`u`) REFERENCES `p` (`id`)"),
    ),
    "type_mismatch": (
        subject(None, with_column("`user_id` int NOT NULL"), neighbours=beside(USER)),
        subject(None, with_column("`user_id` bigint NOT NULL"), neighbours=beside(USER)),
    ),
    "index_visibility_mixed": (
        subject(KEYED, HIDDEN, copies=True),
        subject(table(ID, "`a` bigint NOT NULL", PK, "KEY `k` (`a`)"), HIDDEN, copies=True),
    ),
    "reserved_word": (
        subject(None, with_column("`rank` int"), flavor=MYSQL_9),
        subject(None, with_column("`ranking` int"), flavor=MYSQL_9),
    ),
}
