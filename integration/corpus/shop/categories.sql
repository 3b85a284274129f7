-- A tree that refers to itself.
CREATE TABLE categories (
  id int unsigned NOT NULL AUTO_INCREMENT,
  parent_id int unsigned DEFAULT NULL,
  slug varchar(80) NOT NULL,
  title varchar(160) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY uq_slug_in_parent (parent_id, slug),
  CONSTRAINT fk_categories_parent FOREIGN KEY (parent_id) REFERENCES categories (id) ON DELETE SET NULL ON UPDATE CASCADE
) DEFAULT CHARSET=utf8mb4;
