CREATE TABLE events_by_region (
  id bigint unsigned NOT NULL,
  region tinyint NOT NULL,
  severity smallint NOT NULL DEFAULT 0,
  message varchar(1000) NOT NULL DEFAULT '',
  PRIMARY KEY (id, region)
) DEFAULT CHARSET=utf8mb4
PARTITION BY LIST (region) (
  PARTITION p_eu VALUES IN (1, 2, 3),
  PARTITION p_us VALUES IN (4, 5),
  PARTITION p_other VALUES IN (0, NULL)
);
