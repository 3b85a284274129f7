-- flavor: mysql
-- Finds a contact by any of its addresses, or by the domain of its first.
CREATE TABLE contact_lookup (
  contact_id int unsigned NOT NULL, addresses json NOT NULL, label varchar(80) DEFAULT (concat('c', '-', '?')),
  PRIMARY KEY (contact_id),
  KEY any_address ((CAST(addresses->'$[*]' AS CHAR(120) ARRAY))),
  KEY lower_label ((lower(label))),
  KEY hidden_label (label) INVISIBLE
) DEFAULT CHARSET=utf8mb4;
