from pathlib import Path

from cli.processes.compose import reach_targets
from tests.schemabot.config.test_load import load, mistakes

TEXT = """
databases:
  shop:
    type: mysql
    environments:
      test:
        dsn: "mysql://u:secret-word@127.0.0.1/"
        schemas: {shop: shop_test}
        workspace: "mysql://w:other-word@127.0.0.1:3307/"
        workspace_schema: plans
"""


def test_a_workspace_is_another_server_or_a_schema_that_is_there(tmp_path: Path) -> None:
    """P-59."""
    settings = load(tmp_path, TEXT)
    found = settings.databases["shop"].environments["test"]
    assert found.workspace is not None
    assert found.workspace.reveal().startswith("mysql://w:")
    assert found.workspace_schema == "plans"
    assert "other-word" not in repr(found)
    reach_targets(settings)


def test_a_schema_that_is_planned_for_is_no_workspace(tmp_path: Path) -> None:
    """P-19."""
    lines = TEXT.replace("plans", "Shop_test").splitlines()
    text = "\n".join(line for line in lines if "workspace:" not in line)
    (said,) = mistakes(tmp_path, text)
    assert "workspace_schema shop_test is the schema of shop" in said
