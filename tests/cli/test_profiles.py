"""Which service, and as whom (C-4, C-5)."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from cli.errors import ProfileFileInvalid, ProfileUnknown, TokenWouldLeak
from cli.profiles import Endpoint, choose_endpoint

FILE = """
default_profile: work
profiles:
  work: {endpoint: "https://work.example/", token: "env:WORK_TOKEN"}
  plain: {endpoint: "http://far.example", token: "file:/nonexistent"}
  literal: {endpoint: "https://l.example", token: "a-literal-token"}
"""


def choose(
    tmp_path: Path,
    *,
    url: str | None = None,
    profile: str | None = None,
    text: str | None = FILE,
    environ: Mapping[str, str] | None = None,
) -> Endpoint:
    file = tmp_path / "config.yaml"
    if text is not None:
        file.write_text(text)
        file.chmod(0o600)
    return choose_endpoint(
        url=url, profile=profile, environ={"SCHEMABOT_CLI_CONFIG": str(file), **(environ or {})}
    )


def test_without_anything_the_default_is_this_machine(tmp_path: Path) -> None:
    found = choose(tmp_path, text=None)
    assert (found.url, found.source) == ("http://localhost:13370", "the default")


def test_the_default_profile_names_endpoint_and_token(tmp_path: Path) -> None:
    found = choose(tmp_path, environ={"WORK_TOKEN": "t0ken"})
    assert (found.url, found.token, found.source) == (
        "https://work.example",
        "t0ken",
        "profile work",
    )


def test_option_wins_over_variable_and_variable_over_profile(tmp_path: Path) -> None:
    given = {"WORK_TOKEN": "t", "SCHEMABOT_ENDPOINT": "https://variable.example"}
    assert choose(tmp_path, environ=given).url == "https://variable.example"
    assert (
        choose(tmp_path, url="https://option.example", environ=given).url
        == "https://option.example"
    )


def test_an_unknown_profile_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ProfileUnknown, match="literal, plain, work"):
        choose(tmp_path, profile="nobody")


def test_a_token_is_not_sent_in_the_clear_to_another_machine(tmp_path: Path) -> None:
    with pytest.raises(TokenWouldLeak):
        choose(tmp_path, text=None, url="http://far.example", environ={"SCHEMABOT_TOKEN": "secret"})
    near = choose(
        tmp_path, text=None, url="http://127.0.0.1:1", environ={"SCHEMABOT_TOKEN": "secret"}
    )
    assert near.token is not None


def test_a_literal_token_that_others_can_read_is_refused_with_the_chmod(tmp_path: Path) -> None:
    choose(tmp_path, profile="literal", environ={"WORK_TOKEN": "t"})
    (tmp_path / "config.yaml").chmod(0o644)
    environ = {"SCHEMABOT_CLI_CONFIG": str(tmp_path / "config.yaml")}
    with pytest.raises(ProfileFileInvalid) as caught:
        choose_endpoint(url=None, profile="literal", environ=environ)
    assert caught.value.next_action == f"chmod 600 {tmp_path / 'config.yaml'}"


def test_an_unknown_key_is_an_error_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(ProfileFileInvalid, match=r"config\.yaml:1:1.*profile"):
        choose(tmp_path, text="profile: {}\n")


def test_a_missing_token_variable_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProfileFileInvalid, match="WORK_TOKEN is not set"):
        choose(tmp_path)
