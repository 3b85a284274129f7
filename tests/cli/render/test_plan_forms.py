"""Plans as text for several environments, as SQL and as Markdown (P-53, P-54, C-12)."""

from typing import Any

from cli.render.plan import plan_lines
from cli.render.plan_folding import alike
from cli.render.plan_markdown import fenced, inline, markdown_text
from cli.render.plan_sql import sql_text
from cli.render.signs import UNICODE
from schemabot.api.schemas.plan import PlanAnswer
from tests.cli.render.samples import ESTIMATE, plan, statement
from tests.cli.render.test_screens import A_PLAN, check, drawn

PROBLEM = {
    "code": "sql_syntax", "namespace": "shop", "table": None, "file": "a.sql", "line": 3,
    "column": 7, "message": "near 'varchr'",
}  # fmt: skip
UNPROVEN = statement("late", "instant", proof="--- files\n+++ reached\n-  `a` int")
REFUSED = statement("full", "refused", reason="it has triggers (t)")


def spaces(count: int) -> list[dict[str, Any]]:
    """The same change in many namespaces."""
    return [
        statement("orders", "instant", namespace=f"shop_{n}", schema=f"shop_{n}", ordinal=n)
        for n in range(count)
    ]


def many(count: int) -> PlanAnswer:
    names = {f"shop_{n}": f"shop_{n}" for n in range(count)}
    return plan(*spaces(count), namespaces=names)


def joined(*environments: str, **changes: object) -> list[PlanAnswer]:
    return [plan(statement("orders", "copy", **changes), environment=e) for e in environments]


def test_environments_that_say_the_same_stand_under_one_heading() -> None:
    first, second = alike(joined("staging", "production"))[0]
    check("plan-joint", drawn(plan_lines(first, signs=UNICODE, others=[second]), width=100))


def test_environments_of_other_cost_are_told_apart_under_one_heading() -> None:
    group = [*joined("staging"), *joined("production", estimate=ESTIMATE)]
    ((first, second),) = alike(group)
    text = drawn(plan_lines(first, signs=UNICODE, others=[second]), width=200)
    assert "copy, production about 1,000,000 rows, 1m 40s to 2m 30s" in text


def test_environments_that_differ_stand_apart() -> None:
    plans = [*joined("staging"), plan(statement("carts", "copy"), environment="production")]
    assert [len(group) for group in alike(plans)] == [1, 1]


def test_of_six_namespaces_with_equal_changes_three_are_shown_and_the_others_named() -> None:
    check("plan-namespaces", drawn(plan_lines(many(6), signs=UNICODE), width=100))
    text = drawn(plan_lines(many(5), signs=UNICODE), width=100)
    assert text.count("ALTER TABLE") == 5


def test_sql_and_markdown_look_as_they_did() -> None:
    plans: dict[str, PlanAnswer | str] = {
        "staging": A_PLAN,
        "production": plan(UNPROVEN, REFUSED, environment="production"),
        "broken": plan(errors=[PROBLEM], environment="broken"),
        "same": plan(environment="same"),
        "gone": "no environment gone",
    }
    check("plan-sql", sql_text(plans))
    check("plan-markdown", markdown_text(plans))
    check("plan-markdown-namespaces", markdown_text({"staging": many(6)}))


def test_no_text_breaks_out_of_a_fence() -> None:
    evil = "ALTER TABLE `a` COMMENT '````\n```\n# heading'"
    lines = fenced(evil, "sql")
    assert (lines[0], lines[-1]) == ("`````sql", "`````")
    assert not any(line.startswith("`````") for line in lines[1:-1])


def test_no_text_means_anything_to_markdown_or_html_in_a_line() -> None:
    assert inline("<b>*x*</b>\n# y @me [z](u) `k` \x1b") == (
        "&lt;b\\>\\*x\\*&lt;/b\\> \\# y &\\#64;me \\[z\\]\\(u\\) \\`k\\` \\\\x1b"
    )


def test_what_is_no_statement_stays_a_comment_in_sql() -> None:
    evil = "x\nDROP TABLE t; \r\n*/ -- y"
    text = sql_text({
        "a": plan(
            statement("t\nDROP", "refused", reason=evil),
            statement("u", "copy", unsafe_reasons=[evil]),
            errors=[{**PROBLEM, "message": evil}],
        ),
        "b": evil,
    })
    kept = [line for line in text.splitlines() if line and not line.startswith("-- ")]
    assert [line.split()[0] for line in kept] == ["SET", "SET", "USE", "ALTER", "ADD"]
