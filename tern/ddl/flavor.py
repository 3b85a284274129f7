"""Vendor and version as questions; the only place where versions are compared."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from tern.ddl.errors import UnknownServerVersion

Version = tuple[int, int, int]

_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")
_MARIADB_REPLICATION_PREFIX = "5.5.5-"
_MYSQL_ONLY_COMMENTS = range(50700, 100000)


class Vendor(StrEnum):
    """Who wrote the server; forks that keep a vendor's dialect count as that vendor."""

    MYSQL = "mysql"
    MARIADB = "mariadb"


@dataclass(frozen=True, slots=True, kw_only=True)  # noqa: PLR0904 - a question per difference
class Flavor:
    """What a server can do and how it prints, asked by name and never by number.

    Attributes:
        lower_case_table_names: 0 compares table names byte by byte, 1 stores them in lower case,
            2 keeps their spelling and compares without case.
    """

    vendor: Vendor
    version: Version
    lower_case_table_names: int = 0

    @classmethod
    def parse(
        cls, version_string: str, version_comment: str = "", lower_case_table_names: int = 0
    ) -> Self:
        """Read `@@version`, `@@version_comment` and `@@lower_case_table_names`.

        Raises:
            UnknownServerVersion: the text holds no three-part number.
        """
        is_mariadb = "mariadb" in f"{version_string} {version_comment}".lower()
        text = version_string.removeprefix(_MARIADB_REPLICATION_PREFIX)
        found = _VERSION.match(text if is_mariadb else version_string)
        if found is None:
            raise UnknownServerVersion(text=version_string)
        major, minor, patch = (int(part) for part in found.groups())
        return cls(
            vendor=Vendor.MARIADB if is_mariadb else Vendor.MYSQL,
            version=(major, minor, patch),
            lower_case_table_names=lower_case_table_names,
        )

    def __str__(self) -> str:
        major, minor, patch = self.version
        product = "MariaDB" if self.is_mariadb() else "MySQL"
        return f"{product} {major}.{minor}.{patch}"

    def is_mariadb(self) -> bool:
        """Whether the dialect is MariaDB's."""
        return self.vendor is Vendor.MARIADB

    def has_instant(self) -> bool:
        """ALGORITHM=INSTANT is known."""
        return self._since(mysql=(8, 0, 12), mariadb=(10, 3, 2))

    def has_nocopy(self) -> bool:
        """ALGORITHM=NOCOPY is known."""
        return self._since(mysql=None, mariadb=(10, 3, 2))

    def instant_row_versions(self) -> int | None:
        """How many instant changes a table takes before it must be rebuilt; None: no such count."""
        if self._since(mysql=(9, 1, 0), mariadb=None):
            return 255
        return 64 if self._since(mysql=(8, 0, 29), mariadb=None) else None

    def has_skip_locked(self) -> bool:
        """SKIP LOCKED is known to locking reads."""
        return self._since(mysql=(8, 0, 1), mariadb=(10, 6, 0))

    def has_nowait(self) -> bool:
        """NOWAIT is known to locking reads."""
        return self._since(mysql=(8, 0, 1), mariadb=(10, 3, 0))

    def says_for_share(self) -> bool:
        """A shared locking read is FOR SHARE; else it is LOCK IN SHARE MODE."""
        return self._since(mysql=(8, 0, 1), mariadb=None)

    def prints_binary_defaults_raw(self) -> bool:
        """SHOW CREATE TABLE may print bytes that are not valid UTF-8."""
        return self.is_mariadb()

    def drops_check_with_constraint(self) -> bool:
        """A check is dropped by DROP CONSTRAINT; else by DROP CHECK."""
        return self.is_mariadb()

    def shows_binary_log_status(self) -> bool:
        """SHOW BINARY LOG STATUS is known; else it is SHOW MASTER STATUS."""
        return self._since(mysql=(8, 2, 0), mariadb=None)

    def says_replica(self) -> bool:
        """SHOW REPLICA STATUS is known; else it is SHOW SLAVE STATUS."""
        return self._since(mysql=(8, 0, 22), mariadb=(10, 5, 1))

    def has_check_enforcement(self) -> bool:
        """[NOT] ENFORCED is known to checks."""
        return self._since(mysql=(8, 0, 16), mariadb=None)

    def names_checks_per_schema(self) -> bool:
        """No two tables of a schema may have a check of one name."""
        return self._since(mysql=(8, 0, 16), mariadb=None)

    def hides_index_with_ignored(self) -> bool:
        """An index is hidden by IGNORED; else by INVISIBLE."""
        return self.is_mariadb()

    def has_sequences(self) -> bool:
        """CREATE SEQUENCE is known."""
        return self._since(mysql=None, mariadb=(10, 3, 1))

    def has_rename_column(self) -> bool:
        """RENAME COLUMN is known to ALTER TABLE."""
        return self._since(mysql=(8, 0, 3), mariadb=(10, 5, 2))

    def has_rename_index(self) -> bool:
        """RENAME INDEX is known to ALTER TABLE."""
        return self._since(mysql=(5, 7, 1), mariadb=(10, 5, 2))

    def renames_columns_in_expressions(self) -> bool:
        """RENAME COLUMN follows a column into expressions; else these must be given anew."""
        return self.is_mariadb()

    def recasts_literals_in_expressions(self) -> bool:
        """A column's new type or charset changes literals in expressions that are left alone.

        Source: MySQL 9.7 prints `_latin1'x'` or `2` where the same check, made anew, has
        `_utf8mb4'x'` or `_utf8mb4'2'`.
        """
        return not self.is_mariadb()

    def drops_partitions_beside_foreign_keys(self) -> bool:
        """One ALTER may end a table's partitions and add a foreign key, or the reverse.

        Source: MariaDB 10.11 says 1506, partitioned tables do not support FOREIGN KEY.
        """
        return not self.is_mariadb()

    def hashes_outer_joins(self) -> bool:
        """An outer join that no index answers is made by a hash; else by comparing each pair."""
        return self._since(mysql=(8, 0, 20), mariadb=None)

    def executes_comment(self, opening: str) -> bool:
        """Whether the server runs what follows an opening such as `/*!50100` or `/*M!`.

        Source: MariaDB runs `/*M!` and skips `/*!` numbers 50700 to 99999, which are MySQL's own.
        """
        only_mariadb = opening.upper().startswith("/*M!")
        digits = opening.lstrip("/*mM!")
        number = int(digits) if digits else 0
        if only_mariadb and not self.is_mariadb():
            return False
        if self.is_mariadb() and not only_mariadb and number in _MYSQL_ONLY_COMMENTS:
            return False
        major, minor, patch = self.version
        return number <= major * 10000 + minor * 100 + patch

    def _since(self, *, mysql: Version | None, mariadb: Version | None) -> bool:
        first = mariadb if self.is_mariadb() else mysql
        return first is not None and self.version >= first
