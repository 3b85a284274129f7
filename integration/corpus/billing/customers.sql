CREATE TABLE accounts (
  account_no char(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  legal_name varchar(200) NOT NULL,
  vat_id varchar(20) DEFAULT NULL,
  country char(2) CHARACTER SET ascii NOT NULL DEFAULT 'DE',
  credit_limit decimal(19,4) NOT NULL DEFAULT '0.0000',
  dunning_level tinyint unsigned NOT NULL DEFAULT 0,
  billing_day tinyint NOT NULL DEFAULT 1,
  PRIMARY KEY (account_no),
  UNIQUE KEY uq_vat (country, vat_id),
  CONSTRAINT account_no_shape CHECK (account_no REGEXP '^[A-Z]{2}[0-9]{8}$'),
  CONSTRAINT billing_day_in_every_month CHECK (billing_day >= 1 AND billing_day <= 28)
) DEFAULT CHARSET=utf8mb4;

CREATE TABLE payment_methods (
  method_id bigint unsigned NOT NULL AUTO_INCREMENT,
  account_no char(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kind enum('card','sepa','paypal','invoice') NOT NULL,
  token varbinary(512) NOT NULL COMMENT 'encrypted',
  last4 char(4) DEFAULT NULL,
  expires_ym smallint unsigned zerofill DEFAULT NULL,
  is_default tinyint(1) DEFAULT NULL COMMENT '1 or NULL, so that one default is unique',
  PRIMARY KEY (method_id),
  UNIQUE KEY one_default (account_no, is_default),
  CONSTRAINT method_account FOREIGN KEY (account_no) REFERENCES accounts (account_no) ON DELETE CASCADE
) DEFAULT CHARSET=utf8mb4;
