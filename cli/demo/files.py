"""What the demonstration writes: a configuration, and the schema as it is wanted."""

from pathlib import Path

from tern.ddl.identifiers import quote

DATABASE = "shop"
ENVIRONMENT = "demo"
TABLE = "orders"

BEFORE = """\
CREATE TABLE orders (
  id BIGINT UNSIGNED NOT NULL,
  customer_id INT UNSIGNED NOT NULL,
  status VARCHAR(20) NOT NULL DEFAULT 'new',
  amount_cents INT NOT NULL,
  currency CHAR(3) NOT NULL DEFAULT 'EUR',
  note JSON NULL,
  placed_at DATETIME NOT NULL,
  updated_at DATETIME NOT NULL,
  PRIMARY KEY (id),
  KEY by_customer (customer_id, placed_at),
  KEY by_status (status)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
"""
AFTER = (
    BEFORE
    .replace("amount_cents INT NOT NULL", "amount_cents BIGINT NOT NULL")
    .replace("  note JSON NULL,\n", "  note JSON NULL,\n  channel VARCHAR(20) NULL,\n")
    .replace("KEY by_status (status)", "KEY by_status (status),\n  KEY by_amount (amount_cents)")
)


def write_schema(folder: Path, text: str, *, vendor: str) -> None:
    """The schema directory: schemabot.yaml and one file."""
    folder.mkdir(exist_ok=True)
    (folder / "schemabot.yaml").write_text(
        f"database: {DATABASE}\ntype: {vendor}\n", encoding="utf-8"
    )
    (folder / f"{TABLE}.sql").write_text(text, encoding="utf-8")


def write_configuration(path: Path, *, dsn: str, vendor: str, schema: str, port: int) -> None:
    """A service on loopback with SQLite storage and one target."""
    path.touch(mode=0o600)  # an address may hold a password
    path.write_text(
        f"""\
storage:
  url: "sqlite:///{path.parent / "schemabot.db"}"
server:
  listen: "127.0.0.1:{port}"
  shutdown_grace: 5s
queue:
  lease: {{term: 6s, heartbeat: 1s, margin: 2s}}
databases:
  {DATABASE}:
    type: {vendor}
    environments:
      {ENVIRONMENT}:
        dsn: "{dsn}"
        schemas: {{{DATABASE}: {schema}}}
telemetry:
  log_format: json
""",
        encoding="utf-8",
    )


def create_schema(schema: str) -> str:
    """The statement that makes the shop's schema."""
    return f"CREATE DATABASE {quote(schema)} CHARACTER SET utf8mb4"


def drop_schema(schema: str) -> str:
    """The statement that removes it."""
    return f"DROP DATABASE IF EXISTS {quote(schema)}"
