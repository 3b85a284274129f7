CREATE TABLE currencies (
  code char(3) CHARACTER SET ascii NOT NULL PRIMARY KEY, numeric_code smallint(3) unsigned zerofill NOT NULL, minor_digits tinyint NOT NULL DEFAULT 2, symbol varchar(5) NOT NULL DEFAULT '¤', UNIQUE KEY (numeric_code)
) DEFAULT CHARSET=utf8mb4;
CREATE TABLE products (
  sku varchar(40) NOT NULL, name varchar(120) NOT NULL, kind enum('licence','seat','usage') NOT NULL, tax_class smallint DEFAULT 0, valid_from date NOT NULL, valid_to date DEFAULT NULL,
  PRIMARY KEY (sku), CHECK (valid_to IS NULL OR valid_to > valid_from)
) DEFAULT CHARSET=utf8mb4;
CREATE TABLE price_points (
  sku varchar(40) NOT NULL, currency char(3) CHARACTER SET ascii NOT NULL, from_units int unsigned NOT NULL DEFAULT 1, unit_price decimal(30,10) NOT NULL,
  PRIMARY KEY (sku, currency, from_units),
  CONSTRAINT price_product FOREIGN KEY (sku) REFERENCES products (sku) ON UPDATE CASCADE, CONSTRAINT price_currency FOREIGN KEY (currency) REFERENCES currencies (code),
  CONSTRAINT price_positive CHECK (unit_price >= 0)
) DEFAULT CHARSET=utf8mb4;
CREATE TABLE coupons (
  code varchar(32) COLLATE utf8mb4_bin NOT NULL, percent_off decimal(5,2) DEFAULT NULL, amount_off decimal(12,2) DEFAULT NULL, redeem_by datetime DEFAULT NULL, times_redeemed int unsigned NOT NULL DEFAULT '0', max_redemptions int unsigned DEFAULT NULL,
  left_over int AS (CASE WHEN max_redemptions IS NULL THEN NULL ELSE cast(max_redemptions AS signed) - cast(times_redeemed AS signed) END) VIRTUAL,
  PRIMARY KEY (code), CONSTRAINT one_kind_of_discount CHECK ((percent_off IS NULL) <> (amount_off IS NULL))
) DEFAULT CHARSET=utf8mb4;
