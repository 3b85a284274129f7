"""Every row of C-42: what happened, said in one line, with the next step."""

import io
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from cli.main import run
from cli.surroundings import Route, Surroundings
from tests.cli.desk import answering, plain_surroundings


def said(surroundings: Surroundings, *arguments: str) -> tuple[int, str]:
    status = run(arguments or ("status",), surroundings)
    assert isinstance(surroundings.stderr, io.StringIO)
    return status, surroundings.stderr.getvalue()


def raising(error: Exception, cause: Exception | None = None) -> Route:
    def fail(request: httpx.Request) -> httpx.Response:
        if isinstance(error, httpx.RequestError):
            error.request = request
        raise error from cause

    @asynccontextmanager
    async def route() -> AsyncIterator[httpx.AsyncBaseTransport]:
        yield httpx.MockTransport(fail)

    return route


def test_a_refused_connection_says_that_nothing_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    endpoint = f"http://127.0.0.1:{port}"
    status, err = said(plain_surroundings(), "status", "--endpoint", endpoint)
    assert status == 1
    assert err.splitlines() == [
        f"Error: nothing listens at {endpoint}",
        "Try: start `schemabot serve`, or name another service with --endpoint",
    ]


def test_an_unknown_host_names_where_the_endpoint_came_from() -> None:
    route = raising(httpx.ConnectError("no"), socket.gaierror(-2, "Name or service not known"))
    environ = {"SCHEMABOT_ENDPOINT": "http://nowhere.invalid", "HOME": "/nonexistent"}
    status, err = said(plain_surroundings(route=route, environ=environ))
    assert status == 1
    assert "Error: the host nowhere.invalid is not known" in err
    assert "SCHEMABOT_ENDPOINT" in err


def test_a_timeout_names_the_seconds_and_the_option() -> None:
    route = raising(httpx.ReadTimeout("slow"))
    status, err = said(plain_surroundings(route=route), "status", "--timeout", "2s")
    assert (status, "within 2 s" in err, "--timeout" in err) == (1, True, True)


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number"), "write http://"),
        (ssl.SSLCertVerificationError("self-signed certificate"), "ca_file"),
    ],
)
def test_a_certificate_problem_is_said_in_words(cause: ssl.SSLError, words: str) -> None:
    if isinstance(cause, ssl.SSLCertVerificationError):
        cause.verify_message = "self-signed certificate"
    route = raising(httpx.ConnectError("no"), cause)
    status, err = said(plain_surroundings(route=route), "status", "--endpoint", "https://host")
    assert (status, words in err) == (1, True)


def test_a_login_page_is_shown_by_its_title_without_tags() -> None:
    page = "<html><head><title>Sign in</title></head><body><p>Please log in</p></body></html>"
    status, err = said(answering(200, page))
    assert status == 1
    assert "schemabot test" not in err
    status, err = said(answering(502, page))
    assert (status, "status 502 and no JSON: Sign in: Please log in" in err) == (1, True)


@pytest.mark.parametrize("body", ["{}", '{"detail": "Not Found"}', '{"error": 1}'])
def test_a_404_without_our_body_is_no_service_of_ours(body: str) -> None:
    status, err = said(answering(404, body))
    assert (status, "has no /api/status: it is not a SchemaBot service" in err) == (1, True)


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (401, "unauthenticated", "this needs a bearer token"),
        (403, "forbidden", "it needs the role apply"),
        (409, "database_locked", "shop is locked by cli:anna"),
        (429, "rate_limited", "too many requests"),
        (503, "storage_error", "storage does not answer"),
    ],
)
def test_the_services_own_words_are_shown_with_what_helps(
    status: int, code: str, words: str
) -> None:
    body = f'{{"error": "{words}", "error_code": "{code}", "next_action": "do this"}}'
    ended, err = said(answering(status, body), "-v", "status")
    assert ended == 1
    assert f"Error: {words} [{code}]" in err
    assert "Try: do this" in err


def test_a_busy_service_is_asked_again_and_the_waiting_is_said() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(503, json={"error": "busy", "error_code": "storage_error"})

    @asynccontextmanager
    async def route() -> AsyncIterator[httpx.AsyncBaseTransport]:
        yield httpx.MockTransport(answer)

    status, err = said(plain_surroundings(route=route, retry_delays=(0.01, 0.02)))
    assert (status, len(asked)) == (1, 3)
    assert "busy (waited 0 s)" in err


def test_another_version_of_the_service_is_named() -> None:
    status, err = said(answering(200, '{"version": "9.9", "state_counts": {}}'))
    assert (status, "is schemabot 9.9, and they differ" in err) == (1, True)


def test_a_bug_is_said_in_one_line_and_traced_only_on_request() -> None:
    route = raising(ZeroDivisionError("on purpose"))
    status, err = said(plain_surroundings(route=route))
    assert (status, "ZeroDivisionError: on purpose" in err) == (1, True)
    assert "Traceback" not in err
    _, traced = said(plain_surroundings(route=route), "status", "-v", "-v")
    assert "Traceback" in traced


def test_an_error_in_json_is_one_result_on_standard_output() -> None:
    surroundings = answering(404, "{}")
    status = run(("status", "--json"), surroundings)
    assert isinstance(surroundings.stdout, io.StringIO)
    assert '"error_code": "not_this_service"' in surroundings.stdout.getvalue()
    assert '"exit_code": 1' in surroundings.stdout.getvalue()
    assert status == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("status", "--nonsense"),
        ("volume", "apply-1", "12", "-e", "staging"),
        ("apply",),
        ("status", "--timeout", "soon"),
        ("apply", "-e", "x", "--plan-id", "p", "-s", "."),
        ("apply", "-e", "x", "--no-lock", "--keep-lock"),
        ("logs",),
        ("plan", "-s", "/nonexistent"),
        ("plan", "-s", "/"),
        ("serve", "--config", "/nonexistent"),
        ("status", "--profile", "nobody"),
    ],
)
def test_wrong_usage_exits_2_and_says_what_to_try(arguments: tuple[str, ...]) -> None:
    status, err = said(plain_surroundings(), *arguments)
    assert status == 2, err
    assert err.startswith("Error: ")
    assert "\nTry: " in err
