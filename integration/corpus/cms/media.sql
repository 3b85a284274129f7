CREATE TABLE file_managed (
  fid int unsigned NOT NULL AUTO_INCREMENT, uuid binary(16) NOT NULL DEFAULT (unhex(replace(uuid(), '-', ''))),
  filename varchar(255) DEFAULT NULL, uri varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  filemime varchar(255) CHARACTER SET ascii DEFAULT NULL, filesize bigint unsigned, status tinyint NOT NULL DEFAULT 1,
  PRIMARY KEY (fid), UNIQUE KEY uuid (uuid), KEY uri (uri(191))
) DEFAULT CHARSET=utf8mb4;

CREATE TABLE image_styles (
  name varchar(64) NOT NULL, effects json NOT NULL, width_px smallint unsigned DEFAULT NULL, height_px smallint unsigned DEFAULT NULL,
  ratio double AS (width_px / nullif(height_px, 0)) VIRTUAL COMMENT 'width / height',
  PRIMARY KEY (name), CONSTRAINT has_a_side CHECK (width_px IS NOT NULL OR height_px IS NOT NULL)
) DEFAULT CHARSET=utf8mb4;

CREATE TABLE file_usage (
  fid int unsigned NOT NULL, module varchar(50) CHARACTER SET ascii NOT NULL DEFAULT '', type varchar(64) CHARACTER SET ascii NOT NULL DEFAULT '',
  id varchar(64) CHARACTER SET ascii NOT NULL DEFAULT 0, count int unsigned NOT NULL DEFAULT 0,
  PRIMARY KEY (fid, type, id, module), KEY type_id (type, id), KEY fid_module (fid, module),
  CONSTRAINT usage_of_file FOREIGN KEY (fid) REFERENCES file_managed (fid) ON DELETE NO ACTION ON UPDATE NO ACTION
) DEFAULT CHARSET=utf8mb4;
