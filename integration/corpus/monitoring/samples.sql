-- One partition a day, two sub-partitions each.
CREATE TABLE samples (
  itemid bigint unsigned NOT NULL,
  clock int unsigned NOT NULL,
  ns int unsigned NOT NULL DEFAULT 0,
  value double(16,4) NOT NULL DEFAULT 0.0000,
  PRIMARY KEY (itemid, clock, ns)
) DEFAULT CHARSET=utf8mb4
PARTITION BY RANGE (clock)
SUBPARTITION BY HASH (itemid)
SUBPARTITIONS 2 (
  PARTITION p0 VALUES LESS THAN (1700000000),
  PARTITION p1 VALUES LESS THAN (1800000000),
  PARTITION p2 VALUES LESS THAN MAXVALUE
);
