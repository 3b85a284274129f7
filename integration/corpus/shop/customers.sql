-- Who buys. Emails compare without case, names keep theirs.
CREATE TABLE customers (
  id bigint unsigned NOT NULL AUTO_INCREMENT,
  email varchar(255) CHARACTER SET ascii COLLATE ascii_general_ci NOT NULL,
  full_name varchar(200) NOT NULL DEFAULT '',
  born_on date DEFAULT NULL,
  newsletter tinyint(1) NOT NULL DEFAULT 0,
  tier enum('basic','silver','gold','it''s complicated') NOT NULL DEFAULT 'basic',
  flags set('vip','blocked','b2b','no''quotes') NOT NULL DEFAULT '',
  credit decimal(12,2) NOT NULL DEFAULT 0.00,
  created_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at timestamp(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  PRIMARY KEY (id),
  UNIQUE KEY uq_customers_email (email),
  KEY ix_customers_name (full_name(40), born_on),
  CONSTRAINT ck_customers_credit CHECK (credit >= -1000)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='one row per account; never deleted, only blocked';
