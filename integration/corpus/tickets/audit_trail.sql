-- flavor: mariadb
-- Keeps its own history.
CREATE TABLE audit_trail (
  id bigint NOT NULL AUTO_INCREMENT,
  what varchar(200) NOT NULL,
  PRIMARY KEY (id)
) DEFAULT CHARSET=utf8mb4 WITH SYSTEM VERSIONING;
