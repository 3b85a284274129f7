-- flavor: mysql
CREATE TABLE invisible_columns (
  id bigint NOT NULL AUTO_INCREMENT,
  visible_one int DEFAULT NULL,
  hidden_one int DEFAULT '7' INVISIBLE,
  checked int DEFAULT NULL,
  PRIMARY KEY (id),
  CONSTRAINT ck_loose CHECK (checked > 0) NOT ENFORCED
) DEFAULT CHARSET=utf8mb4;
