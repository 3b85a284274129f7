"""Every rule asked about every changed table; what hints and configuration silence stays out."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tern.ddl.elements import Element
from tern.ddl.hints import AllowHint
from tern.ddl.identifiers import fold
from tern.lint.fixes import fix_of
from tern.lint.rule import Complaint, Rule, Subject
from tern.lint.rules.registry import ALL_RULES, RULES_BY_NAME
from tern.values.plan import Finding
from tern.values.schema_files import LintConfig, RuleConfig, Severity

_WEIGHTS = {Severity.OFF: 0, Severity.INFO: 1, Severity.WARNING: 2, Severity.ERROR: 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class LintFloors:
    """What the server's configuration says of rules; it may lower any.

    Attributes:
        pinned: Rules that schemabot.yaml may not change.
    """

    rules: Mapping[str, RuleConfig] = field(default_factory=dict)
    pinned: frozenset[str] = frozenset()


def lint(
    subjects: Sequence[Subject], config: LintConfig, floors: LintFloors | None = None
) -> tuple[Finding, ...]:
    """All findings about these tables, by namespace, table, then weight.

    Of a table that the configuration leaves out only what guards data is said (P-43).
    """
    floors = floors or LintFloors()
    patterns = [re.compile(pattern) for pattern in config.ignore_tables]
    guarding = tuple(rule for rule in ALL_RULES if rule.guards_data)
    found: list[Finding] = []
    for subject in subjects:
        is_left_out = any(pattern.search(subject.name) for pattern in patterns)
        for rule in guarding if is_left_out else ALL_RULES:
            found += _findings(rule, subject, (config, floors))
    return tuple(sorted(found, key=_order))


def lowered_rules(floors: LintFloors, config: LintConfig | None = None) -> frozenset[str]:
    """Rules that guard data and ask for no consent, for they are no errors here (P-42, P-43).

    Only the server's configuration can bring that about; the files' may raise them again.
    """
    return frozenset(
        rule.name
        for rule in ALL_RULES
        if rule.guards_data and _weight_of(rule, config or LintConfig(), floors) != Severity.ERROR
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something that a plan notices itself, under the name of a rule.

    Attributes:
        table: Or another object that the plan is about.
        line: From 1, in `file`; None where there is no place.
    """

    rule: str
    namespace: str
    table: str
    message: str
    object: str | None = None
    file: str | None = None
    line: int | None = None


def notice(noticed: Notice, config: LintConfig, floors: LintFloors | None = None) -> Finding | None:
    """The finding, weighed as its rule is configured; None where that is silenced."""
    rule = RULES_BY_NAME[noticed.rule]
    own, floor = _configured(rule, config, floors or LintFloors())
    complaint = Complaint(message=noticed.message)
    severity = _severity(rule, complaint, own=own.severity, floor=floor.severity)
    if severity is Severity.OFF:
        return None
    return Finding(
        rule=rule.name,
        severity=severity,
        message=noticed.message,
        namespace=noticed.namespace,
        table=noticed.table,
        object=noticed.object,
        file=noticed.file,
        line=noticed.line,
        unsafe=rule.guards_data,
    )


def _findings(
    rule: Rule, subject: Subject, configured: tuple[LintConfig, LintFloors]
) -> Iterator[Finding]:
    own, floor = _configured(rule, *configured)
    allow = own.allow or floor.allow or rule.allow
    for complaint in rule.check(subject, allow):
        severity = _severity(rule, complaint, own=own.severity, floor=floor.severity)
        if severity is Severity.OFF or (
            not rule.guards_data and _is_allowed(rule, complaint, subject)
        ):
            continue
        yield _finding(rule, complaint, subject, severity)


def _configured(
    rule: Rule, config: LintConfig, floors: LintFloors
) -> tuple[RuleConfig, RuleConfig]:
    floor = floors.rules.get(rule.name, RuleConfig())
    own = RuleConfig() if rule.name in floors.pinned else config.rules.get(rule.name, RuleConfig())
    return own, floor


def _weight_of(rule: Rule, config: LintConfig, floors: LintFloors) -> Severity:
    own, floor = _configured(rule, config, floors)
    return _severity(rule, Complaint(message=""), own=own.severity, floor=floor.severity)


def _severity(
    rule: Rule, complaint: Complaint, *, own: Severity | None, floor: Severity | None
) -> Severity:
    """What the finding weighs: the rule's weight, the server's say, then the file's (P-43)."""
    base = floor or complaint.severity or rule.severity
    if own is None:
        return base
    if rule.guards_data:
        return max(base, own, key=_WEIGHTS.__getitem__)
    return own


def _is_allowed(rule: Rule, complaint: Complaint, subject: Subject) -> bool:
    """Whether a hint in the file silences it: above the table, or at the very definition."""
    for hint in subject.source.hints if subject.source else ():
        if not isinstance(hint, AllowHint) or hint.rule != rule.name:
            continue
        if hint.subject is None:
            return True
        names = (hint.subject.name or "", complaint.object or "")
        if complaint.object is not None and fold(names[0]) == fold(names[1]):
            return True
    return False


def _finding(rule: Rule, complaint: Complaint, subject: Subject, severity: Severity) -> Finding:  # noqa: PLR0917  # the four that make one
    element = _element(subject, complaint)
    source = subject.source.source if subject.source else None
    place = element or source
    return Finding(
        rule=rule.name,
        severity=severity,
        message=complaint.message,
        namespace=subject.namespace,
        table=subject.name,
        object=complaint.object,
        file=source.file if source else None,
        line=place.line if place else None,
        column=place.column if place else None,
        unsafe=rule.guards_data,
        fixable=_is_fixable(rule, complaint, subject),
    )


def _is_fixable(rule: Rule, complaint: Complaint, subject: Subject) -> bool:
    fix = fix_of(subject, rule.name, complaint.object)
    return fix is not None and fix.problem is None


def _element(subject: Subject, complaint: Complaint) -> Element | None:
    if subject.source is None or complaint.object is None:
        return None
    wanted = fold(complaint.object)
    named = [e for e in subject.source.elements if e.name is not None and fold(e.name) == wanted]
    of_kind = [e for e in named if complaint.kind in {None, e.kind}]
    return next(iter(of_kind or named), None)


def _order(finding: Finding) -> tuple[str, str, int, str, str]:
    weight = -_WEIGHTS[finding.severity]
    return finding.namespace, finding.table, weight, finding.rule, finding.object or ""
