"""How lint rules are configured: the same keys in schemabot.yaml and in the server's own file."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from schemabot.config.lint_rules import LATER_RULES, RULES
from schemabot.config.strict import UNKNOWN_NAME, Items, Lax, Strict, nearest
from tern.values.schema_files import RuleConfig, Severity


def _checked_rule(name: str) -> str:
    if name in LATER_RULES:
        raise ValueError(f"rule {name} is not supported by this version")
    if name not in RULES:
        said = f"unknown rule{nearest(name, sorted(RULES), listed=False)}"
        raise PydanticCustomError(UNKNOWN_NAME, "{said}", {"said": said})
    return name


def _rule_of_word(value: object) -> object:
    """`has_enum: warning` is short for `has_enum: {severity: warning}`."""
    return {"severity": value} if isinstance(value, str) else value


RuleId = Annotated[str, AfterValidator(_checked_rule)]


class RuleKeys(Strict):
    """One entry of `lint.rules`."""

    severity: Annotated[Severity, Lax] | None = None
    allow: Items[str] | None = None


Rules = Mapping[RuleId, Annotated[RuleKeys, BeforeValidator(_rule_of_word)]]


class ServerLint(Strict):
    """The `lint` block of the server's configuration: it may lower any rule (P-43, P-59).

    Attributes:
        pinned: Rules that no schemabot.yaml may change.
    """

    rules: Rules = Field(default_factory=dict)
    pinned: Items[RuleId] = ()


def rule_configs(rules: Mapping[str, RuleKeys]) -> dict[str, RuleConfig]:
    """Rule id -> what is configured, as it travels to the target."""
    return {
        name: RuleConfig(severity=keys.severity, allow=keys.allow) for name, keys in rules.items()
    }
