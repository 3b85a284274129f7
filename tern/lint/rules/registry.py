"""All rules, in the order in which they are asked."""

from tern.lint.rule import Rule
from tern.lint.rules import changes, columns, guards, keys, tables

ALL_RULES: tuple[Rule, ...] = (
    *guards.RULES,
    *changes.RULES,
    *keys.RULES,
    *columns.RULES,
    *tables.RULES,
)

# Findings that a plan makes itself; they have no severity to change but that they may be off.
PLAN_FINDINGS = ("drop_sequence", "rename_hint_done", "disk_space")

RULE_NAMES: frozenset[str] = frozenset({rule.name for rule in ALL_RULES} | set(PLAN_FINDINGS))
