CREATE TABLE orders (
  id bigint unsigned NOT NULL AUTO_INCREMENT,
  customer_id bigint unsigned NOT NULL,
  state varchar(20) NOT NULL DEFAULT 'open',
  total_cents bigint NOT NULL DEFAULT 0,
  currency char(3) CHARACTER SET latin1 COLLATE latin1_bin NOT NULL DEFAULT 'EUR',
  note tinytext,
  ordered_at datetime(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  shipped_at datetime DEFAULT NULL,
  PRIMARY KEY (id),
  KEY ix_orders_customer (customer_id, ordered_at),
  KEY ix_orders_state (state),
  CONSTRAINT fk_orders_customer FOREIGN KEY (customer_id) REFERENCES customers (id),
  CONSTRAINT ck_orders_shipped CHECK (shipped_at is null or shipped_at >= ordered_at)
) DEFAULT CHARSET=utf8mb4 ROW_FORMAT=DYNAMIC;
