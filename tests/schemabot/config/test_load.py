from datetime import timedelta
from pathlib import Path

import pytest

from schemabot.config.errors import ConfigInvalid
from schemabot.config.load import dump_settings, load_settings
from schemabot.config.settings import Settings
from tern.values.schema_files import Severity

SHOP = """
databases:
  shop:
    type: mysql
    environments:
      staging: {dsn: "mysql://u:secret-word@127.0.0.1/", schemas: {shop: shop_stage}}
      production: {dsn: "env:PROD_DSN"}
"""
ENVIRON = {"PROD_DSN": "mysql://u:other-word@127.0.0.1:3307/"}


def load(tmp_path: Path, text: str, **environ: str) -> Settings:
    file = tmp_path / "schemabot-server.yaml"
    file.write_text(text)
    return load_settings(file, environ={**ENVIRON, **environ})


def mistakes(tmp_path: Path, text: str, **environ: str) -> list[str]:
    with pytest.raises(ConfigInvalid) as caught:
        load(tmp_path, text, **environ)
    prefix = f"{tmp_path / 'schemabot-server.yaml'}:"
    return [line.removeprefix(prefix).strip() for line in str(caught.value).splitlines()]


def test_no_file_means_sqlite_loopback_and_no_databases() -> None:
    settings = load_settings(None, environ={})
    assert settings.storage.url.reveal() == "sqlite:///schemabot.db"
    assert str(settings.server.listen) == "127.0.0.1:13370"
    assert not settings.databases
    assert settings.plan_ttl == timedelta(hours=24)
    assert settings.queue.lease.terms.term == timedelta(seconds=15)


def test_a_database_has_its_targets_in_order(tmp_path: Path) -> None:
    settings = load(tmp_path, SHOP)
    assert settings.order_of("shop") == ("staging", "production")
    target = settings.databases["shop"].target("shop", "staging")
    assert (target.key, target.schemas) == ("mysql/shop/staging", {"shop": "shop_stage"})
    assert settings.databases["shop"].environments["production"].dsn.reveal() == ENVIRON["PROD_DSN"]


def test_all_mistakes_are_named_at_once_with_their_places(tmp_path: Path) -> None:
    text = "sorage: {url: x}\nserver:\n  listen: here\n  body_limit: 32\nplan_ttl: 1s\n"
    assert mistakes(tmp_path, text) == [
        "1:1: sorage: unknown key; did you mean storage?",
        "3:3: server.listen: write host:port, for example 127.0.0.1:13370 or [::1]:13370",
        "4:3: server.body_limit: write a size as a number and a unit: 512B, 64KiB, 32MiB or 2GiB",
        "5:1: plan_ttl: must be from 1h to 30d",
    ]


def test_a_key_of_a_later_version_is_refused_by_name(tmp_path: Path) -> None:
    assert mistakes(tmp_path, "github: {app_id: 3}\nqueue: {remote: {}}\n") == [
        "1:1: github: github is not supported by this version",
        "2:9: queue.remote: remote is not supported by this version",
    ]


def test_an_unsupported_route_is_refused_by_name(tmp_path: Path) -> None:
    text = "databases: {a: {type: vitess, environments: {p: {deployment: west}}}}\n"
    said = mistakes(tmp_path, text)
    assert any("type vitess is not supported by this version" in line for line in said)
    assert any("deployment is not supported by this version" in line for line in said)


def test_wrong_types_and_missing_keys_are_told(tmp_path: Path) -> None:
    text = "databases:\n  shop: {environments: {p: {dsn: 3}}}\nqueue: {workers: '4', retry: []}\n"
    reference = "must be a string: env:NAME, file:/path or the secret itself"
    assert mistakes(tmp_path, text) == [
        "2:3: databases.shop.type: this key is required",
        f"2:29: databases.shop.environments.p.dsn: {reference}",
        "3:9: queue.workers: must be a whole number, not a string",
        "3:23: queue.retry: must be a mapping, not a list",
    ]


def test_a_dsn_that_is_none_is_told_without_its_text(tmp_path: Path) -> None:
    text = SHOP.replace("mysql://u:secret-word", "postgres://u:secret-word")
    (said,) = mistakes(tmp_path, text)
    assert "begins with mysql://" in said
    assert "secret-word" not in said


def test_a_missing_variable_is_told_at_its_reference(tmp_path: Path) -> None:
    (said,) = mistakes(tmp_path, SHOP, PROD_DSN="")
    assert said.endswith("dsn: environment variable PROD_DSN is empty")
    assert said.startswith("7:20")


def test_off_loopback_needs_authentication(tmp_path: Path) -> None:
    (said,) = mistakes(tmp_path, "server: {listen: '0.0.0.0:80'}\n")
    assert "no authentication" in said


def test_tokens_off_loopback_need_tls_or_a_word(tmp_path: Path) -> None:
    text = (
        "server: {listen: '0.0.0.0:80'}\n"
        "auth: {tokens: [{name: ci, role: apply, token: abcdefghijklmnopqrstuvwxyz}]}\n"
    )
    (said,) = mistakes(tmp_path, text)
    assert "plain text" in said
    settings = load(tmp_path, text.replace("80'}", "80', allow_plaintext: true}"))
    assert not settings.listens_on_loopback


def test_several_environments_need_an_order(tmp_path: Path) -> None:
    (said,) = mistakes(tmp_path, SHOP.replace("staging:", "qa:"))
    assert "doesn't name qa" in said
    order = "    environment_order: [qa, production]\n    environments:"
    settings = load(tmp_path, SHOP.replace("staging:", "qa:").replace("    environments:", order))
    assert settings.order_of("shop") == ("qa", "production")


def test_names_that_differ_only_by_case_are_refused(tmp_path: Path) -> None:
    text = SHOP + SHOP.split("databases:")[1].replace("shop:\n", "Shop:\n")
    assert any("differ only by case" in line for line in mistakes(tmp_path, text))


@pytest.mark.parametrize(
    ("wake", "said"),
    [
        ("listen: '7000'", "write host:port"),
        ("listen: 'db1:7000'", "write a numeric address, for example 10.0.0.5:7000"),
        ("advertise: '0.0.0.0:7000'", "others cannot send to every address"),
    ],
)
def test_wakes_arrive_at_numeric_addresses(tmp_path: Path, *, wake: str, said: str) -> None:
    """Q-33."""
    (mistake,) = mistakes(tmp_path, f"queue: {{wake: {{{wake}}}}}\n")
    assert f"queue.wake.{wake.split(':', maxsplit=1)[0]}: {said}" in mistake


def test_lease_terms_must_hold(tmp_path: Path) -> None:
    (said,) = mistakes(tmp_path, "queue: {lease: {term: 6s}}\n")
    assert "at most a third" in said


def test_three_variables_override_their_keys(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        "storage: {url: sqlite:///a.db}\n",
        SCHEMABOT_STORAGE_URL="sqlite:///b.db",
        SCHEMABOT_LISTEN="127.0.0.1:1",
        SCHEMABOT_LOG_LEVEL="debug",
    )
    assert settings.storage.url.reveal() == "sqlite:///b.db"
    assert settings.server.listen.port == 1
    assert settings.telemetry.log_level == "debug"


def test_a_mistake_in_a_variable_names_the_variable(tmp_path: Path) -> None:
    (said,) = mistakes(tmp_path, "server: {listen: '127.0.0.1:1'}\n", SCHEMABOT_LISTEN="nowhere")
    assert "environment variable SCHEMABOT_LISTEN: write host:port" in said


def test_a_dump_shows_defaults_and_no_secret(tmp_path: Path) -> None:
    dump = dump_settings(load(tmp_path, SHOP))
    assert "secret-word" not in dump
    assert "other-word" not in dump
    assert "dsn: '***'" in dump
    assert "plan_ttl: 1d" in dump
    assert "listen: 127.0.0.1:13370" in dump


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigInvalid, match="can't be read"):
        load_settings(tmp_path / "absent.yaml", environ={})
    (tmp_path / "latin").write_bytes(b"a: \xe4")
    with pytest.raises(ConfigInvalid, match="not UTF-8"):
        load_settings(tmp_path / "latin", environ={})


def test_two_namespaces_on_one_schema_are_refused(tmp_path: Path) -> None:
    text = SHOP.replace("{shop: shop_stage}", "{shop: one, audit: one}")
    (said,) = mistakes(tmp_path, text)
    assert "shop and audit name one schema, one" in said


def test_tokens_must_be_long_or_hashed_and_named_once(tmp_path: Path) -> None:
    text = "auth: {tokens: [{name: a, role: read, token: short}]}\n"
    assert "at least 24" in mistakes(tmp_path, text)[0]
    hashed = text.replace("short", f"'sha256:{'0' * 64}'")
    assert load(tmp_path, hashed).auth.tokens[0].role == "read"


def test_a_limit_on_what_is_not_configured_is_a_mistake(tmp_path: Path) -> None:
    text = (
        "databases: {orders: {type: mysql, environments: {production: {dsn: 'mysql://u@h/orders'}}}}\n"
        "queue: {limits: {environments: {producton: 2}, databases: {orders: 1}}}\n"
    )
    assert mistakes(tmp_path, text) == [
        "2:33: queue.limits.environments.producton: no such environment; did you mean production?"
    ]


def test_the_servers_file_weighs_and_pins_lint_rules(tmp_path: Path) -> None:
    """P-59."""
    text = "lint: {rules: {drop_table: warning, pk_type: {allow: [int]}}, pinned: [has_float]}\n"
    lint = load(tmp_path, text).lint
    assert lint.rules["drop_table"].severity is Severity.WARNING
    assert (lint.rules["pk_type"].allow, lint.pinned) == (("int",), ("has_float",))
    wrong = "lint: {rules: {has_flaot: off}, pinned: [nope]}\n"
    first, second = mistakes(tmp_path, wrong)
    assert "did you mean has_float?" in first
    assert "unknown rule" in second
