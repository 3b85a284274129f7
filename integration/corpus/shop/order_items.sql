CREATE TABLE order_items (
  order_id bigint unsigned NOT NULL,
  line smallint unsigned NOT NULL,
  product_id bigint NOT NULL,
  quantity mediumint unsigned NOT NULL DEFAULT 1,
  unit_cents int unsigned NOT NULL,
  PRIMARY KEY (order_id, line),
  KEY ix_items_product (product_id),
  CONSTRAINT fk_items_order FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT fk_items_product FOREIGN KEY (product_id) REFERENCES products (id) ON UPDATE RESTRICT,
  CONSTRAINT ck_items_quantity CHECK (quantity > 0)
) DEFAULT CHARSET=utf8mb4;
