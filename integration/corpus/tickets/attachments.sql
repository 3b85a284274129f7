CREATE TABLE attachments (
  id bigint NOT NULL AUTO_INCREMENT,
  ticket_id bigint NOT NULL,
  name varchar(255) NOT NULL,
  size_bytes bigint unsigned NOT NULL,
  sha256 binary(32) NOT NULL,
  content longblob,
  extension varchar(10) GENERATED ALWAYS AS (substring_index(name, '.', -1)) VIRTUAL COMMENT 'for the icon',
  PRIMARY KEY (id),
  KEY ticket_id (ticket_id),
  KEY extension (extension)
) DEFAULT CHARSET=utf8mb4 ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=8;
