CREATE TABLE counters_by_key (
  name varchar(100) NOT NULL,
  bucket int NOT NULL,
  total bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (name, bucket)
) DEFAULT CHARSET=utf8mb4
PARTITION BY KEY (name) PARTITIONS 3;
