CREATE TABLE hosts (
  hostid bigint unsigned NOT NULL,
  host varchar(128) COLLATE utf8mb3_bin NOT NULL DEFAULT '',
  status int NOT NULL DEFAULT '0',
  ipmi_privilege int NOT NULL DEFAULT '2',
  error varchar(2048) COLLATE utf8mb3_bin NOT NULL DEFAULT '',
  maintenance_until datetime NOT NULL DEFAULT '1970-01-01 00:00:00',
  PRIMARY KEY (hostid),
  KEY hosts_1 (host),
  KEY hosts_2 (status)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_bin;
