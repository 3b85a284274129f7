import importlib
import json
import pkgutil
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import schemabot
import tern
from schemabot.api.error_responses import STATUSES, error_response, status_of
from schemabot.domain.errors import EnvironmentMismatch, StorageUnavailable
from schemabot.service.errors import PlanTimedOut
from tern import errors
from tests.schemabot.api.documented import DOCUMENTED

SHARED = {
    "tern.errors",
    "schemabot.domain.errors",
    "schemabot.config.errors",
    "schemabot.service.errors",
    "schemabot.api.errors",
}


def load_everything() -> None:
    for package in (schemabot, tern):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".versions" not in module.name and ".revisions" not in module.name:
                importlib.import_module(module.name)


def leaves(kind: type[errors.SchemaBotError]) -> Iterator[type[errors.SchemaBotError]]:
    for below in kind.__subclasses__():
        if below.__module__.split(".")[0] in {"schemabot", "tern"}:
            if "code" in vars(below):
                yield below
            yield from leaves(below)


def test_every_shared_leaf_of_the_error_tree_has_its_row() -> None:
    shared = {kind for kind in leaves(errors.SchemaBotError) if kind.__module__ in SHARED}
    assert shared - set(STATUSES) == set()


def test_every_other_leaf_is_answered_as_its_branch_or_parent() -> None:
    load_everything()
    for kind in leaves(errors.SchemaBotError):
        assert any(parent in STATUSES for parent in kind.__mro__), kind


def test_every_row_is_documented() -> None:
    for kind, (status, code) in STATUSES.items():
        assert code in DOCUMENTED[status], kind


class Unmapped(errors.SchemaBotError):
    code = "unmapped"


def test_an_error_without_a_row_is_internal_and_says_nothing() -> None:
    response = error_response(Unmapped("secret-host says no"), request_id="abc")
    assert response.status_code == 500
    assert b"secret-host" not in response.body
    assert b"abc" in response.body


class NewKindOfOutage(errors.ServerUnavailable):
    pass


def test_a_kind_below_a_leaf_is_answered_as_the_leaf() -> None:
    error = NewKindOfOutage(place="h:1", reason="refused")
    assert status_of(error) == (503, "target_unavailable")


def test_a_body_has_words_for_people_and_facts_for_programs() -> None:
    error = EnvironmentMismatch(subject="plan-1", expected="staging", given="production")
    response = error_response(error, request_id="abc")
    assert json.loads(bytes(response.body)) == {
        "error": "plan-1 belongs to environment staging, not production",
        "error_code": "environment_mismatch",
        "next_action": "ask with environment staging",
        "details": {"expected": "staging"},
    }


@pytest.mark.parametrize("status", [503, 504])
def test_retryable_answers_say_when_to_come_back(status: int) -> None:
    samples: dict[int, Any] = {
        503: StorageUnavailable(reason="gone"),
        504: PlanTimedOut(place="p", limit=timedelta(seconds=1)),
    }
    response = error_response(samples[status], request_id="abc")
    assert response.status_code == status
    assert int(response.headers["Retry-After"]) > 0


@given(st.sampled_from(sorted(STATUSES, key=lambda kind: kind.__name__)))
def test_refusals_of_a_target_are_never_the_callers_credentials(
    kind: type[errors.SchemaBotError],
) -> None:
    status, _ = STATUSES[kind]
    if kind.__module__ == "tern.errors":
        assert status not in {401, 403}
