"""All rules, in the order in which they are asked."""

from collections.abc import Mapping

from tern.lint.rule import Rule
from tern.lint.rules import (
    changes,
    columns,
    dependents,
    guards,
    keys,
    limits,
    notices,
    relations,
    tables,
)

ALL_RULES: tuple[Rule, ...] = (
    *guards.RULES,
    *limits.RULES,
    *changes.RULES,
    *dependents.RULES,
    *keys.RULES,
    *relations.RULES,
    *columns.RULES,
    *tables.RULES,
    *notices.RULES,
)

RULES_BY_NAME: Mapping[str, Rule] = {rule.name: rule for rule in ALL_RULES}
