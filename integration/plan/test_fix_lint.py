"""Files mended on each server: only what is meant changes, and once is enough (P-45, C-34)."""

from integration.plan.target import PlanTarget
from tern.local.planning.plan import plan
from tern.values.plan import PlanRequest, PlanResult
from tern.values.schema_files import SchemaFiles
from tern.values.target import DatabaseType, Target

ORDERS = """\
-- What people buy.
CREATE TABLE orders (
  id INT(10) UNSIGNED NOT NULL AUTO_INCREMENT, -- counts
  state  tinyint(1) NOT NULL,  /* a flag */
  amount INT(11) NOT NULL,
  sold datetime NOT NULL,
  note varchar(20) CHARACTER SET latin1,
  PRIMARY KEY (id)
) ENGINE=InnoDB; -- end
"""
LONG = "CREATE TABLE wide (id bigint PRIMARY KEY, a varchar(12000) CHARACTER SET latin1 NOT NULL,\n"
LONG += " b varchar(12000) CHARACTER SET latin1 NOT NULL) CHARSET utf8mb4;\n"


def judged(target: PlanTarget, files: dict[str, str], *rules: str) -> PlanResult:
    name = target.database.name
    where = Target(
        database="shop",
        type=DatabaseType(target.server.flavor),
        environment="test",
        schemas={"shop": name},
    )
    request = PlanRequest(
        target=where, desired=SchemaFiles(files={"shop": files}), lints_whole=True, fixes=rules
    )
    return plan(target.params, request, settings=target.settings)


def test_everything_that_can_be_mended_is_in_one_run_and_stays_so(target: PlanTarget) -> None:
    first = judged(target, {"orders.sql": ORDERS})
    assert first.problems == ()
    fixed = first.fixed["shop"]["orders.sql"]
    assert fixed.splitlines() == [
        "-- What people buy.",
        "CREATE TABLE orders (",
        "  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT, -- counts",
        "  state  tinyint(1) NOT NULL,  /* a flag */",
        "  amount INT NOT NULL,",
        "  sold datetime NOT NULL DEFAULT CURRENT_TIMESTAMP,",
        "  note varchar(20) CHARACTER SET utf8mb4,",
        "  PRIMARY KEY (id)",
        fixed.splitlines()[8],
    ]
    assert fixed.splitlines()[8].startswith(") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=")
    again = judged(target, {"orders.sql": fixed})
    assert (again.fixed, again.unfixed) == ({}, ())
    assert not any(finding.fixable for finding in again.findings)


def test_only_the_rules_that_were_named_are_mended(target: PlanTarget) -> None:
    found = judged(target, {"orders.sql": ORDERS}, "display_width")
    wanted = ORDERS.replace("INT(10)", "INT").replace("INT(11)", "INT")
    assert found.fixed == {"shop": {"orders.sql": wanted}}


def test_what_the_server_refuses_is_left_and_named_while_the_rest_is_mended(
    target: PlanTarget,
) -> None:
    found = judged(target, {"wide.sql": LONG, "orders.sql": ORDERS}, "allow_charset")
    assert set(found.fixed["shop"]) == {"wide.sql", "orders.sql"}
    (left,) = found.unfixed
    assert left.name == "wide"
    assert left.reason.startswith("allow_charset is not fixed: the server refuses it: ")
    fixed = found.fixed["shop"]["wide.sql"]
    assert fixed.count("utf8mb4") == 2


def test_a_rule_that_mends_nothing_still_judges_what_is_unchanged(target: PlanTarget) -> None:
    target.run(ORDERS)
    found = judged(target, {"orders.sql": ORDERS}, "has_float")
    assert (found.fixed, found.statements) == ({}, ())
    assert {"auto_inc_type", "display_width"} <= {finding.rule for finding in found.findings}


def test_a_dropped_index_comes_back_hidden(target: PlanTarget) -> None:
    text = "CREATE TABLE t (\n  id bigint PRIMARY KEY,\n  a int NOT NULL{}\n) CHARSET utf8mb4;\n"
    target.run(text.format(",\n  KEY k (a)"))
    found = judged(target, {"t.sql": text.format("")})
    hidden = "IGNORED" if target.is_mariadb else "INVISIBLE"
    assert found.fixed["shop"]["t.sql"] == text.format(f",\n  KEY `k` (`a`) {hidden}")
