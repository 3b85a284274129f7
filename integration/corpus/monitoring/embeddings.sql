-- flavor: mysql
CREATE TABLE embeddings (
  id bigint NOT NULL,
  v vector(4) DEFAULT NULL,
  PRIMARY KEY (id)
) DEFAULT CHARSET=utf8mb4;
