CREATE TABLE triggers_fired (
  triggerid bigint unsigned NOT NULL,
  expression varchar(2048) NOT NULL DEFAULT '',
  payload json DEFAULT NULL CHECK (json_valid(payload)),
  severity_name varchar(20) GENERATED ALWAYS AS (json_unquote(json_extract(payload, '$.severity'))) STORED,
  PRIMARY KEY (triggerid),
  KEY ix_severity (severity_name)
) DEFAULT CHARSET=utf8mb4 STATS_PERSISTENT=1 STATS_AUTO_RECALC=0;
