CREATE TABLE revision (
  rev_id bigint unsigned NOT NULL AUTO_INCREMENT,
  rev_page int unsigned NOT NULL,
  rev_actor bigint unsigned NOT NULL DEFAULT 0,
  rev_timestamp binary(14) NOT NULL,
  rev_minor_edit tinyint unsigned NOT NULL DEFAULT 0,
  rev_sha1 varbinary(32) NOT NULL DEFAULT '',
  rev_comment blob,
  PRIMARY KEY (rev_id),
  KEY rev_page_timestamp (rev_page, rev_timestamp, rev_id),
  KEY rev_actor_timestamp (rev_actor, rev_timestamp, rev_id)
) DEFAULT CHARSET=binary;
