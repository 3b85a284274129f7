"""Every SQL text of the demonstration itself; the schema changes are SchemaBot's."""

CREATE_SCHEMA = "CREATE DATABASE shop CHARACTER SET utf8mb4"
FIRST_ORDER = (
    "INSERT INTO shop.orders (customer_id, status, amount_cents, placed_at) "
    "VALUES (1, 'paid', 1999, '2026-01-01 00:00:00')"
)
DOUBLE_ORDERS = (
    "INSERT INTO shop.orders (customer_id, status, amount_cents, placed_at) "
    "SELECT MOD(id * 7919, 1000) + 1, IF(MOD(id, 3), 'paid', 'new'), MOD(id * 31, 50000), "
    "DATE_ADD('2026-01-01', INTERVAL id MINUTE) FROM shop.orders ORDER BY id LIMIT %s"
)
SUM_OF_ORDERS = (
    "SELECT COUNT(*), SUM(id), SUM(customer_id * id), SUM(amount_cents * id), "
    "SUM(CRC32(CONCAT_WS('|', id, customer_id, status, amount_cents, placed_at))) FROM shop.orders"
)
COLUMNS = (
    "SELECT column_name FROM information_schema.columns "
    "WHERE table_schema = 'shop' AND table_name = %s ORDER BY ordinal_position"
)
INDEX_COLUMNS = (
    "SELECT column_name FROM information_schema.statistics "
    "WHERE table_schema = 'shop' AND table_name = %s AND index_name = %s ORDER BY seq_in_index"
)
TABLES = (
    "SELECT table_name FROM information_schema.tables "
    "WHERE table_schema = 'shop' AND table_type = 'BASE TABLE' "
    "AND table_name NOT LIKE '\\_schemabot%' ORDER BY table_name"
)
