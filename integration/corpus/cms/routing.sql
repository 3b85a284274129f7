CREATE TABLE router (
  name varchar(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  path varchar(255) NOT NULL DEFAULT '', pattern_outline varchar(255) NOT NULL DEFAULT '',
  fit int NOT NULL DEFAULT 0, route longblob, number_parts smallint NOT NULL DEFAULT 0,
  alias varchar(255) CHARACTER SET ascii COLLATE ascii_bin DEFAULT NULL,
  PRIMARY KEY (name), KEY pattern_outline_parts (pattern_outline(191), number_parts), KEY alias (alias)
) DEFAULT CHARSET=utf8mb4;

CREATE TABLE url_alias (
  pid int unsigned NOT NULL AUTO_INCREMENT, source varchar(255) NOT NULL, alias varchar(255) NOT NULL,
  alias_crc int unsigned GENERATED ALWAYS AS (crc32(alias)) VIRTUAL,
  PRIMARY KEY (pid), KEY ix_alias_crc (alias_crc)
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

CREATE TABLE menu_tree (
  menu_name varchar(32) CHARACTER SET ascii NOT NULL DEFAULT '', mlid int unsigned NOT NULL AUTO_INCREMENT,
  parent int unsigned NOT NULL DEFAULT 0, weight int NOT NULL DEFAULT -50, depth smallint NOT NULL DEFAULT 0,
  p1 int unsigned NOT NULL DEFAULT 0, p2 int unsigned NOT NULL DEFAULT 0, p3 int unsigned NOT NULL DEFAULT 0,
  title blob, PRIMARY KEY (mlid), KEY menu_parents (menu_name, p1, p2, p3), KEY menu_parent_expand_child (menu_name, parent)
) DEFAULT CHARSET=utf8mb4;
