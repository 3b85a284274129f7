"""Plan results as a Tern would give them, for tests that need no server."""

from tern.values.plan import (
    ChangeType,
    Estimate,
    Finding,
    PlannedStatement,
    PlanResult,
    ServerIdentity,
    Verdict,
)
from tern.values.schema_files import Severity

SERVER = ServerIdentity(flavor="MySQL", version="9.7.4", uuid="u-1", place="127.0.0.1:3306")


def alter(
    table: str = "users", *, ordinal: int = 0, unsafe: str | None = None, proof: str | None = None
) -> PlannedStatement:
    """One ALTER of a table in the namespace `shop`."""
    return PlannedStatement(
        ordinal=ordinal,
        namespace="shop",
        schema="shop",
        table=table,
        change_type=ChangeType.ALTER,
        ddl=f"ALTER TABLE `{table}` ADD COLUMN `age` int",
        verdict=Verdict.COPY,
        base=f"CREATE TABLE `{table}` (`id` int)",
        desired=f"CREATE TABLE `{table}` (`id` int, `age` int)",
        proof=proof,
        unsafe_reasons=() if unsafe is None else (unsafe,),
        estimate=Estimate(rows=1000, bytes=64_000, seconds_low=10, seconds_high=30, basis="rows"),
    )


def planned(*statements: PlannedStatement, findings: tuple[Finding, ...] = ()) -> PlanResult:
    """A result with these statements; one ALTER when none is given."""
    return PlanResult(
        statements=statements or (alter(),),
        findings=findings,
        namespaces={"shop": "shop"},
        server=SERVER,
        estimate=Estimate(rows=1000, seconds_low=10, seconds_high=30),
    )


def error_finding(table: str = "users") -> Finding:
    """A finding that makes a plan unsafe."""
    return Finding(
        rule="drop_column",
        severity=Severity.ERROR,
        message="column `age` is removed",
        namespace="shop",
        table=table,
    )
