-- flavor: mariadb
-- Types that MariaDB alone has, and an index that its optimizer must not use.
CREATE TABLE session_tokens (
  id uuid NOT NULL DEFAULT uuid(),
  client inet6 DEFAULT NULL,
  secret varchar(200) COMPRESSED DEFAULT NULL,
  issued_at datetime NOT NULL DEFAULT current_timestamp(),
  hidden_note int INVISIBLE DEFAULT 5,
  PRIMARY KEY (id),
  KEY ix_issued (issued_at) IGNORED
) DEFAULT CHARSET=utf8mb4;
