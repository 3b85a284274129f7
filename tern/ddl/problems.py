"""What is wrong with a schema file, and where; collected, so that all files are judged at once."""

from dataclasses import dataclass
from enum import StrEnum

from tern.ddl.lexer import Token


class ProblemCode(StrEnum):
    """Stable words for programs."""

    SQL_SYNTAX = "sql_syntax"
    TABLE_REJECTED = "table_rejected"
    STATEMENT_NOT_ALLOWED = "statement_not_allowed"
    QUALIFIED_NAME = "qualified_name"
    DUPLICATE_TABLE = "duplicate_table"
    UNKNOWN_KEY = "unknown_key"
    RENAME_CONFLICT = "rename_conflict"


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionProblem:
    """One problem at one place of a file; lines and columns count from 1."""

    code: ProblemCode
    message: str
    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A token that may not stand where it stands, before its file is known."""

    token: Token
    message: str
    code: ProblemCode = ProblemCode.STATEMENT_NOT_ALLOWED

    def in_file(self, file: str) -> DefinitionProblem:
        """The same, with its place."""
        return DefinitionProblem(
            code=self.code,
            message=self.message,
            file=file,
            line=self.token.line,
            column=self.token.column,
        )
