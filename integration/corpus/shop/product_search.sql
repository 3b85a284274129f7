-- flavor: mysql
-- Functional and multi-valued indexes, an index nobody sees yet, an expression as default.
CREATE TABLE product_search (
  id binary(16) NOT NULL DEFAULT (uuid_to_bin(uuid())),
  title varchar(200) NOT NULL,
  doc json NOT NULL,
  rank_hint double NOT NULL DEFAULT (rand() * 10),
  PRIMARY KEY (id),
  KEY ix_lower_title ((lower(title))),
  KEY ix_tags ((cast(doc->'$.tags' as unsigned array))),
  KEY ix_rank (rank_hint) INVISIBLE
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;
