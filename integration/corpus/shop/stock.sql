-- Partitioned by warehouse, spread by hash.
CREATE TABLE stock (
  warehouse_id int NOT NULL,
  product_id bigint NOT NULL,
  on_hand int NOT NULL DEFAULT 0,
  reserved int NOT NULL DEFAULT 0,
  PRIMARY KEY (warehouse_id, product_id)
) DEFAULT CHARSET=utf8mb4
PARTITION BY HASH (warehouse_id) PARTITIONS 4;
