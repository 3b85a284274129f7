CREATE TABLE addresses (
  customer_id bigint unsigned NOT NULL,
  position smallint unsigned NOT NULL,
  kind char(1) NOT NULL DEFAULT 's' COMMENT 's: shipping, b: billing',
  street varchar(300) NOT NULL,
  zip varchar(16) NOT NULL,
  city varchar(120) NOT NULL,
  country char(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (customer_id, position),
  KEY ix_addresses_country_zip (country, zip(6)),
  CONSTRAINT fk_addresses_customer FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE
) DEFAULT CHARSET=utf8mb4;
