-- Filters in the Sieve language (RFC 5228), as written and as compiled.
CREATE TABLE sieve_scripts (
  owner varchar(320) NOT NULL, name varchar(128) NOT NULL, is_active tinyint(1) NOT NULL DEFAULT '0',
  script mediumtext NOT NULL, compiled mediumblob, byte_size int unsigned AS (octet_length(script)) STORED,
  PRIMARY KEY (owner, name), KEY active (is_active, byte_size)
) DEFAULT CHARSET=utf8mb4 STATS_SAMPLE_PAGES=50;

CREATE TABLE contacts (
  contact_id int unsigned NOT NULL AUTO_INCREMENT, owner varchar(320) NOT NULL, vcard longtext NOT NULL,
  emails json NOT NULL, first_email varchar(320) AS (json_unquote(json_extract(emails, '$[0]'))) VIRTUAL,
  born date DEFAULT NULL, PRIMARY KEY (contact_id), KEY (first_email), KEY birthday (born)
) DEFAULT CHARSET=utf8mb4;
