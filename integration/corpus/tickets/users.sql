CREATE TABLE users (
  id bigint NOT NULL AUTO_INCREMENT,
  login varchar(64) NOT NULL,
  api_key binary(32) DEFAULT NULL,
  settings json DEFAULT NULL,
  is_admin bool NOT NULL DEFAULT false,
  last_seen_at datetime DEFAULT NULL ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  UNIQUE KEY login (login),
  UNIQUE KEY api_key (api_key(16))
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
