"""`plan -o json`, byte for byte but for ids and times (P-53, C-14)."""

import json
import re
from dataclasses import replace

from schemabot.api.schemas.plan import PlanAnswer
from tern.values.plan import Finding, Problem, SchemaObject
from tern.values.schema_files import Severity
from tests.cli.desk import Desk
from tests.cli.render.test_screens import check
from tests.support.planned import alter, planned

WARNING = Finding(
    rule="has_float",
    severity=Severity.WARNING,
    message="column `a`: float is inexact",
    namespace="shop",
    table="orders",
    object="a",
    file="orders.sql",
    line=3,
    column=3,
)
VIEW = SchemaObject(namespace="shop", kind="view", name="names", reason="a view is left as it is")
SHADOW = SchemaObject(namespace="shop", kind="table", name="_users_gho", reason="another tool's")
RICH = replace(
    planned(
        replace(
            alter(unsafe="column `age` and its data are removed"),
            evidence={"use": "unknown: performance_schema is off"},
            details={"source": "target", "native": "inplace"},
            reason="the server would copy the table",
        ),
        replace(alter("orders", ordinal=1, proof="--- files\n+++ reached"), estimate=None),
        findings=(WARNING,),
    ),
    warnings=("orders can only be built again with innodb_strict_mode off",),
    unmanaged=(VIEW,),
    ignored=(SHADOW,),
)
BROKEN = Problem(
    code="sql_syntax", message="near 'varchr'", namespace="shop", file="a.sql", line=3, column=7
)


def written(desk: Desk, *environments: str) -> str:
    """What the command printed, indented, without what each run draws anew."""
    named = [word for each in environments for word in ("-e", each)]
    ran = desk.run("plan", "-s", str(desk.schema), *named, "--json")
    text = json.dumps(ran.documents[0], indent=2, ensure_ascii=False)
    text = re.sub(r'"plan-[0-9a-f]{16}"', '"plan-<id>"', text)
    return re.sub(r'"\d{4}-\d\d-\d\dT[^"]+"', '"<time>"', text) + "\n"


def test_a_plan_in_json_looks_as_it_did(desk: Desk) -> None:
    desk.planned = RICH
    check("plan-json", written(desk, "staging", "nowhere"))


def test_a_plan_with_problems_in_json_looks_as_it_did(desk: Desk) -> None:
    desk.planned = replace(planned(), statements=(), problems=(BROKEN,), estimate=None)
    check("plan-json-problems", written(desk, "staging"))


def test_a_plan_in_json_has_what_the_published_schema_names(desk: Desk) -> None:
    desk.planned = RICH
    document = json.loads(written(desk, "staging"))["staging"]
    published = PlanAnswer.model_json_schema(mode="serialization")
    assert document.keys() == published["properties"].keys()
    assert set(published["required"]) == document.keys()
