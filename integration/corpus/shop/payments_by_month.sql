CREATE TABLE payments_by_month (
  id bigint unsigned NOT NULL,
  paid_on date NOT NULL,
  order_id bigint unsigned NOT NULL,
  method enum('card','transfer','cash') CHARACTER SET latin1 NOT NULL,
  cents bigint NOT NULL,
  PRIMARY KEY (id, paid_on),
  KEY ix_payments_order (order_id)
) DEFAULT CHARSET=utf8mb4
PARTITION BY RANGE COLUMNS (paid_on) (
  PARTITION p2025 VALUES LESS THAN ('2026-01-01') COMMENT = 'closed year',
  PARTITION p2026h1 VALUES LESS THAN ('2026-07-01'),
  PARTITION p2026h2 VALUES LESS THAN ('2027-01-01'),
  PARTITION pmax VALUES LESS THAN (MAXVALUE)
);
