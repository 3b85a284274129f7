"""What the demonstration writes: a configuration, and the same schema before and after."""

from collections.abc import Mapping
from pathlib import Path

DATABASE = "shop"
ENVIRONMENT = "demo"

CUSTOMERS = """\
CREATE TABLE customers (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  email VARCHAR(190) NOT NULL,
  created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
{more}  PRIMARY KEY (id),
  UNIQUE KEY email (email)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
"""
ORDERS = """\
CREATE TABLE orders (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  customer_id BIGINT UNSIGNED NOT NULL,
  status VARCHAR(20) NOT NULL DEFAULT 'new',
  amount_cents BIGINT NOT NULL,
  placed_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (id){more}
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
"""
REFUNDS = """\
CREATE TABLE refunds (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  order_id BIGINT UNSIGNED NOT NULL,
  amount_cents BIGINT NOT NULL,
  PRIMARY KEY (id),
  KEY by_order (order_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
"""

BEFORE: Mapping[str, str] = {
    "customers.sql": CUSTOMERS.format(more=""),
    "orders.sql": ORDERS.format(more=""),
}
AFTER: Mapping[str, str] = {
    "customers.sql": CUSTOMERS.format(more="  phone VARCHAR(40) NULL,\n"),
    "orders.sql": ORDERS.format(more=",\n  KEY by_customer (customer_id, placed_at)"),
    "refunds.sql": REFUNDS,
}


def write_schema(folder: Path, files: Mapping[str, str], *, vendor: str) -> None:
    """The schema directory: schemabot.yaml and one file per table."""
    folder.mkdir(exist_ok=True)
    (folder / "schemabot.yaml").write_text(
        f"database: {DATABASE}\ntype: {vendor}\n", encoding="utf-8"
    )
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


def write_configuration(path: Path, *, dsn: str, vendor: str) -> None:
    """A service on loopback with SQLite storage and one target."""
    path.write_text(
        f"""\
storage:
  url: "sqlite:///{path.parent / "schemabot.db"}"
server:
  listen: "127.0.0.1:0"
  shutdown_grace: 5s
databases:
  {DATABASE}:
    type: {vendor}
    environments:
      {ENVIRONMENT}:
        dsn: "{dsn}"
telemetry:
  log_format: json
""",
        encoding="utf-8",
    )
