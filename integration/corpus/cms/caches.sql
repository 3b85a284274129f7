CREATE TABLE cache_render (
  cid varchar(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '', data longblob, expire bigint NOT NULL DEFAULT 0,
  created decimal(14,3) NOT NULL DEFAULT 0.000, serialized smallint NOT NULL DEFAULT 0, tags longtext, checksum varchar(255) CHARACTER SET ascii NOT NULL,
  PRIMARY KEY (cid), KEY expire (expire), KEY created (created)
) DEFAULT CHARSET=utf8mb4 ROW_FORMAT=COMPACT;

CREATE TABLE flood_control (
  fid serial, event varchar(64) NOT NULL DEFAULT '', identifier varchar(128) NOT NULL DEFAULT '',
  PRIMARY KEY (fid), KEY allow (event, identifier)
) DEFAULT CHARSET=utf8mb4;

CREATE TABLE semaphores (
  name varchar(255) NOT NULL DEFAULT '', value varchar(255) NOT NULL DEFAULT '', expire double NOT NULL,
  PRIMARY KEY (name) USING HASH, KEY expire (expire) USING BTREE
) ENGINE=MEMORY DEFAULT CHARSET=ascii;

CREATE TABLE key_value_expire (
  collection varchar(128) CHARACTER SET ascii NOT NULL DEFAULT '', name varchar(128) CHARACTER SET ascii NOT NULL DEFAULT '',
  value longblob NOT NULL, expire int NOT NULL DEFAULT 2147483647,
  PRIMARY KEY (collection, name), KEY all_ (name, expire, collection)
) DEFAULT CHARSET=utf8mb4;
