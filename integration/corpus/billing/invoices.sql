CREATE TABLE subscriptions (
  subscription_id bigint unsigned NOT NULL AUTO_INCREMENT,
  account_no char(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  sku varchar(40) NOT NULL,
  seats int unsigned NOT NULL DEFAULT 1,
  started_at datetime(6) NOT NULL,
  cancelled_at datetime(6) DEFAULT NULL,
  is_live tinyint(1) GENERATED ALWAYS AS (if(cancelled_at IS NULL, 1, NULL)) VIRTUAL,
  metadata json DEFAULT NULL,
  PRIMARY KEY (subscription_id),
  UNIQUE KEY one_live (account_no, sku, is_live),
  CONSTRAINT subscription_account FOREIGN KEY (account_no) REFERENCES accounts (account_no),
  CONSTRAINT subscription_product FOREIGN KEY (sku) REFERENCES products (sku) ON UPDATE CASCADE
) DEFAULT CHARSET=utf8mb4;

CREATE TABLE invoices (
  invoice_year year NOT NULL,
  invoice_no int unsigned NOT NULL,
  account_no char(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  state enum('draft','open','paid','void','uncollectible') NOT NULL DEFAULT 'draft',
  currency char(3) CHARACTER SET ascii NOT NULL,
  net decimal(15,2) NOT NULL DEFAULT 0,
  tax decimal(15,2) NOT NULL DEFAULT 0,
  gross decimal(16,2) AS (net + tax) STORED,
  printed varchar(16) AS (concat(invoice_year, '-', lpad(invoice_no, 7, '0'))) VIRTUAL,
  PRIMARY KEY (invoice_year, invoice_no),
  KEY to_dun (state, account_no, gross)
) DEFAULT CHARSET=utf8mb4;

CREATE TABLE invoice_lines (
  invoice_year year NOT NULL,
  invoice_no int unsigned NOT NULL,
  line smallint unsigned NOT NULL,
  sku varchar(40) DEFAULT NULL,
  quantity decimal(18,6) NOT NULL DEFAULT 1.000000,
  amount decimal(15,2) NOT NULL,
  text_on_paper varchar(500) NOT NULL DEFAULT '',
  PRIMARY KEY (invoice_year, invoice_no, line),
  CONSTRAINT line_invoice FOREIGN KEY (invoice_year, invoice_no) REFERENCES invoices (invoice_year, invoice_no) ON DELETE CASCADE,
  CONSTRAINT line_sku FOREIGN KEY (sku) REFERENCES products (sku) ON DELETE SET NULL ON UPDATE CASCADE
) DEFAULT CHARSET=utf8mb4;

CREATE TABLE tax_rates (
  country char(2) NOT NULL, region varchar(10) NOT NULL DEFAULT '*', tax_class smallint NOT NULL, since date NOT NULL, rate decimal(6,5) NOT NULL,
  PRIMARY KEY (country, region, tax_class, since DESC)
) DEFAULT CHARSET=ascii;
