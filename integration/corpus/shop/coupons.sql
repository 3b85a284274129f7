CREATE TABLE coupons (
  code varchar(32) CHARACTER SET utf8mb3 COLLATE utf8mb3_bin NOT NULL,
  percent_off tinyint unsigned NOT NULL,
  valid_from year NOT NULL DEFAULT 2020,
  uses int unsigned zerofill NOT NULL DEFAULT 0000000000,
  mask bit(12) NOT NULL DEFAULT b'101',
  PRIMARY KEY (code)
) DEFAULT CHARSET=utf8mb3;
