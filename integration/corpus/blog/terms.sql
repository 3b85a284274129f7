/* Words that sort posts: categories, tags, series. */
CREATE TABLE terms (
  term_id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name varchar(200) NOT NULL DEFAULT '',
  slug varchar(200) CHARACTER SET ascii NOT NULL DEFAULT '',
  term_group smallint NOT NULL DEFAULT 0,
  UNIQUE KEY slug (slug),
  INDEX name (name(80))
) DEFAULT CHARSET=utf8mb4;

CREATE TABLE term_taxonomy (
  term_taxonomy_id int unsigned NOT NULL AUTO_INCREMENT,
  term_id int unsigned NOT NULL,
  taxonomy enum('category','tag','series','länge') NOT NULL,
  description text,
  parent int unsigned DEFAULT NULL,
  count int NOT NULL DEFAULT '0',
  PRIMARY KEY (term_taxonomy_id),
  UNIQUE KEY term_id_taxonomy (term_id, taxonomy),
  CONSTRAINT fk_taxonomy_term FOREIGN KEY (term_id) REFERENCES terms (term_id) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT fk_taxonomy_parent FOREIGN KEY (parent) REFERENCES term_taxonomy (term_taxonomy_id) ON DELETE SET NULL
) DEFAULT CHARSET=utf8mb4;

CREATE TABLE term_relationships (
  object_id bigint unsigned NOT NULL,
  term_taxonomy_id int unsigned NOT NULL,
  term_order int NOT NULL DEFAULT '0',
  PRIMARY KEY (object_id, term_taxonomy_id),
  FOREIGN KEY (term_taxonomy_id) REFERENCES term_taxonomy (term_taxonomy_id)
) DEFAULT CHARSET=utf8mb4;
