"""Every SQL text of the demonstration itself; the schema change is SchemaBot's.

The session is in the shop's schema. What a seeded row holds follows from its id alone, so that any
row can be judged at any time.
"""

_CUSTOMER = "MOD(id * 7919, 1000) + 1"
_STATUS = "IF(MOD(id, 3), 'paid', 'new')"
_AMOUNT = "MOD(id * 31, 50000)"
_CURRENCY = "ELT(MOD(id, 3) + 1, 'EUR', 'USD', 'GBP')"
_PLACED = "DATE_ADD('2026-01-01', INTERVAL MOD(id, 500000) SECOND)"

FIRST_ORDER = (
    "INSERT INTO orders (id, customer_id, status, amount_cents, currency, note, placed_at, "
    f"updated_at) SELECT id, {_CUSTOMER}, {_STATUS}, {_AMOUNT}, {_CURRENCY}, "
    f"JSON_OBJECT('item', id), {_PLACED}, {_PLACED} FROM (SELECT 1 AS id) AS first"
)
# Parameters: rows there are, twice; rows to add.
DOUBLE_ORDERS = (
    "INSERT INTO orders (id, customer_id, status, amount_cents, currency, note, placed_at, "
    f"updated_at) SELECT id, {_CUSTOMER}, {_STATUS}, {_AMOUNT}, {_CURRENCY}, "
    f"JSON_OBJECT('item', id), {_PLACED}, {_PLACED} "
    "FROM (SELECT id + %s AS id FROM orders WHERE id <= %s ORDER BY id LIMIT %s) AS next"
)
# How many rows that nobody touched are there, and how many of them are not as seeded.
UNTOUCHED = (
    "SELECT COUNT(*), COALESCE(SUM(NOT ("
    f"customer_id = {_CUSTOMER} AND status = {_STATUS} AND amount_cents = {_AMOUNT} "
    f"AND currency = {_CURRENCY} AND JSON_EXTRACT(note, '$.item') = id "
    f"AND placed_at = {_PLACED} AND updated_at = placed_at)), 0) "
    "FROM orders WHERE NOT EXISTS (SELECT 1 FROM touched WHERE touched.id = orders.id)"
)
TOUCHED_TABLE = "CREATE TEMPORARY TABLE touched (id BIGINT UNSIGNED NOT NULL PRIMARY KEY)"
TOUCH = "INSERT INTO touched (id) VALUES "
READ_TOUCHED = "SELECT id, status, amount_cents FROM orders JOIN touched USING (id)"

COUNT = "SELECT COUNT(*) FROM orders"
COLUMNS = (
    "SELECT column_name, column_type FROM information_schema.columns "
    "WHERE table_schema = DATABASE() AND table_name = 'orders' ORDER BY ordinal_position"
)
INDEX_COLUMNS = (
    "SELECT column_name FROM information_schema.statistics WHERE table_schema = DATABASE() "
    "AND table_name = 'orders' AND index_name = %s ORDER BY seq_in_index"
)
TABLES = (
    "SELECT table_name FROM information_schema.tables "
    "WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' "
    "AND table_name NOT LIKE '\\_schemabot%' ORDER BY table_name"
)
SHADOW = (
    "SELECT table_name FROM information_schema.tables "
    "WHERE table_schema = DATABASE() AND table_name LIKE 'orders\\_sb%\\_n'"
)
HOLD_ONE = "SELECT id FROM orders WHERE id >= %s ORDER BY id LIMIT 1 FOR UPDATE"

# What writers do. Parameters: as the columns are named.
INSERT = (
    "INSERT INTO orders (id, customer_id, status, amount_cents, placed_at, updated_at) "
    "VALUES (%s, 1, %s, %s, NOW(), NOW())"
)
UPDATE = "UPDATE orders SET status = %s, amount_cents = %s, updated_at = NOW() WHERE id = %s"
DELETE = "DELETE FROM orders WHERE id = %s"
MOVE = "UPDATE orders SET id = %s, status = %s, amount_cents = %s, updated_at = NOW() WHERE id = %s"
READ_ONE = "SELECT status, amount_cents FROM orders WHERE id = %s"
