"""What lint found, a line each, as editors read it (C-33)."""

from collections import Counter
from collections.abc import Iterator

from rich.text import Text

from cli.render.words import counted, plain
from schemabot.api.schemas.plan import FindingAnswer, LintAnswer, ProblemAnswer
from schemabot.config.schema_dir import SchemaDirectory

_STYLES = {"error": "red", "warning": "yellow"}
_ORDER = {"error": 0, "warning": 1, "info": 2}


def finding_lines(answer: LintAnswer, directory: SchemaDirectory) -> Iterator[Text]:
    """Errors in files, findings by place, and how many there are."""
    yield from problem_lines(answer, directory)
    for warning in answer.warnings:
        yield Text(f"warning: {plain(warning)}", style="yellow")
    for finding in sorted(answer.findings, key=lambda each: _order(each, directory)):
        text = f"{_place(finding, directory)}: {finding.severity} {finding.rule}"
        style = _STYLES.get(finding.severity, "dim")
        yield Text(f"{text}: {plain(finding.message)}", style=style)
    yield _summary(answer)


def problem_lines(answer: LintAnswer, directory: SchemaDirectory) -> Iterator[Text]:
    """What is wrong with the files, by place."""
    for problem in answer.errors:
        yield Text(f"{_place_of_problem(problem, directory)}: {plain(problem.message)}", "red")


def _summary(answer: LintAnswer) -> Text:
    if answer.errors:
        said = f"{counted(len(answer.errors), 'error')} in the files: nothing was judged"
        return Text(said, style="bold red")
    if not answer.findings:
        return Text("No findings.", style="green")
    counts = Counter(finding.severity for finding in answer.findings)
    parts = [
        counted(counts[word], word) if word != "info" else f"{counts[word]} info"
        for word in _ORDER
        if counts[word]
    ]
    fixable = sum(finding.fixable for finding in answer.findings)
    tail = f"; `schemabot fix-lint` can fix {fixable}" if fixable else ""
    return Text(f"{', '.join(parts)}{tail}", style="bold")


def _place(finding: FindingAnswer, directory: SchemaDirectory) -> str:
    if finding.file is None:
        return plain(f"{finding.namespace}.{finding.table}")
    path = directory.path_of(finding.namespace, finding.file)
    parts = (path, finding.line, finding.column)
    return ":".join(plain(str(part)) for part in parts if part is not None)


def _place_of_problem(problem: ProblemAnswer, directory: SchemaDirectory) -> str:
    if problem.file is None:
        return plain(problem.namespace or "error")
    path = directory.path_of(problem.namespace or "", problem.file)
    parts = (path, problem.line, problem.column)
    return ":".join(plain(str(part)) for part in parts if part is not None)


def _order(finding: FindingAnswer, directory: SchemaDirectory) -> tuple[str, int, int, int, str]:
    path = directory.path_of(finding.namespace, finding.file) if finding.file else ""
    weight = _ORDER.get(finding.severity, len(_ORDER))
    return path, finding.line or 0, finding.column or 0, weight, finding.rule
