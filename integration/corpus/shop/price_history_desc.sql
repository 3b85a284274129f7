-- flavor: mysql
CREATE TABLE price_history_desc (
  product_id bigint NOT NULL,
  changed_at datetime(6) NOT NULL,
  cents int NOT NULL,
  PRIMARY KEY (product_id, changed_at DESC),
  KEY ix_price_newest (changed_at DESC, product_id)
) DEFAULT CHARSET=utf8mb4;
