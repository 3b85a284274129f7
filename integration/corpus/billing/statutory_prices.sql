-- flavor: mariadb
-- What a price was on a day: application time and row history.
CREATE SEQUENCE receipt_numbers START WITH 1000 INCREMENT BY 1 MINVALUE 1000 MAXVALUE 999999999 CACHE 50 NOCYCLE;

CREATE TABLE statutory_prices (
  sku varchar(40) NOT NULL,
  price decimal(12,2) NOT NULL,
  valid_from date NOT NULL,
  valid_until date NOT NULL,
  receipt bigint NOT NULL DEFAULT nextval(receipt_numbers),
  PERIOD FOR validity (valid_from, valid_until),
  PRIMARY KEY (sku, validity WITHOUT OVERLAPS)
) DEFAULT CHARSET=utf8mb4;
