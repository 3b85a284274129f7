"""What use cases are given: values without a way to storage, so that a client may know them too."""

from collections.abc import Mapping
from dataclasses import dataclass

from tern.values.schema_files import SchemaConfig
from tern.values.target import DatabaseType

FileTexts = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class LockCommand:
    """Whose lock on what; `owner` is what the client says, believed only without authentication."""

    database: str
    type: DatabaseType
    owner: str | None = None
    reason: str | None = None
    force: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LintCommand:
    """What is to be judged.

    Attributes:
        files: None for the live schema.
        fixes: Rules whose findings are to be mended in the files, empty for all that can be;
            None to mend nothing.
    """

    database: str
    environment: str
    type: DatabaseType
    files: FileTexts | None
    config: SchemaConfig
    fixes: tuple[str, ...] | None = None
