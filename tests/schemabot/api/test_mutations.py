"""Whatever is sent, only documented answers come back, and no answer is ours to blame (A-63)."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.schemabot.api.documented import DOCUMENTED
from tests.support.api_client import PLAN_BODY, Api

APPLY_ID = "apply-0123456789abcdef"
CONTROL: Mapping[str, object] = {"apply_id": APPLY_ID, "environment": "staging"}
LOCK: Mapping[str, object] = {"database": "shop", "type": "mysql", "lock_owner": "ann"}
BODIES: Mapping[str, Mapping[str, object]] = {
    "plan": {**PLAN_BODY, "config": {"database": "shop", "lint": {"rules": {"nullable": "off"}}}},
    "apply": {
        "plan_id": "plan-0123456789abcdef",
        "environment": "staging",
        "options": {"volume": 3, "not_before": "2036-01-01T00:00:00Z"},
    },
    "stop": CONTROL,
    "cutover": {**CONTROL, "take_back": True},
    "volume": {**CONTROL, "volume": 3},
    "locks/acquire": {**LOCK, "reason": "x"},
    "locks/release": {**LOCK, "force": True},
    "pull": {"database": "shop", "environment": "staging", "namespaces": ["shop"]},
}
QUERIES = ("status", "plans", "locks", "history/shop", f"logs/{APPLY_ID}", f"progress/{APPLY_ID}")

junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["shop", "mysql", "staging", APPLY_ID, "*", "a" * 300, "\0", "٣"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=5,
)


@st.composite
def mutated(draw: st.DrawFn, body: Mapping[str, object]) -> dict[str, Any]:
    """The body with a few of its values, at any depth, exchanged, dropped or added."""
    changed: dict[str, Any] = json.loads(json.dumps(body))
    for _ in range(draw(st.integers(0, 3))):
        holder = changed
        below: list[dict[str, Any]] = [v for v in holder.values() if isinstance(v, dict)]
        holder = draw(st.sampled_from([holder, *below]))
        key = draw(st.sampled_from([*holder, "extra"]))
        if draw(st.booleans()):
            holder[key] = draw(junk)
        else:
            holder.pop(key, None)
    return changed


def check(response: httpx.Response) -> None:
    """A success, or an error document with a documented code, and never our fault."""
    assert response.status_code < 500, response.text
    if response.status_code >= 400:
        document = response.json()
        assert document["error_code"] in DOCUMENTED[response.status_code]
        assert document["error"]


QUIETLY = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@QUIETLY
@given(sent=st.one_of([st.tuples(st.just(name), mutated(body)) for name, body in BODIES.items()]))
async def test_mutated_bodies_give_documented_answers(
    api: Api, sent: tuple[str, dict[str, Any]]
) -> None:
    name, body = sent
    content = json.dumps(body).encode("utf-8", "surrogatepass")
    headers = {"Content-Type": "application/json"}
    check(await api.http.post(f"/api/{name}", content=content, headers=headers))


@QUIETLY
@given(content=st.binary(max_size=60), kind=st.sampled_from(["application/json", "text/plain", ""]))
async def test_any_bytes_give_documented_answers(api: Api, content: bytes, kind: str) -> None:
    headers = {"Content-Type": kind} if kind else {}
    check(await api.http.post("/api/apply", content=content, headers=headers))


@QUIETLY
@given(
    path=st.sampled_from(QUERIES),
    query=st.dictionaries(
        st.sampled_from([
            "limit",
            "cursor",
            "database",
            "state",
            "since",
            "after_id",
            "active",
            "x",
        ]),
        st.text(max_size=12) | st.sampled_from(["1", "true", "pending", "2036-01-01T00:00:00Z"]),
    ),
)
async def test_any_query_gives_documented_answers(
    api: Api, path: str, query: dict[str, str]
) -> None:
    check(await api.http.get(f"/api/{path}", params=query))


@QUIETLY
@given(
    prefix=st.sampled_from(["", "plans/", "progress/", "logs/", "history/", "locks/shop/"]),
    path=st.text(st.characters(codec="utf-8"), max_size=30),
)
async def test_any_path_gives_documented_answers(api: Api, prefix: str, path: str) -> None:
    check(await api.http.get(f"/api/{prefix}{quote(path, safe='/')}"))


@QUIETLY
@given(key=st.text(st.characters(min_codepoint=1, max_codepoint=255), max_size=20))
async def test_any_key_gives_documented_answers(api: Api, key: str) -> None:
    headers = {b"Idempotency-Key": key.encode("latin-1")}
    request = api.http.build_request("POST", "/api/stop", json=dict(CONTROL), headers=headers)
    check(await api.http.send(request))
