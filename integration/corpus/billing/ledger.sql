CREATE TABLE ledger_accounts (
  number smallint(4) unsigned zerofill NOT NULL, label varchar(80) NOT NULL, side enum('debit','credit') NOT NULL, closed bool NOT NULL DEFAULT FALSE, PRIMARY KEY (number)
) DEFAULT CHARSET=utf8mb4;
CREATE TABLE journal (
  entry_id bigint unsigned NOT NULL AUTO_INCREMENT, booked_on date NOT NULL, reference varchar(40) NOT NULL, reverses bigint unsigned DEFAULT NULL,
  PRIMARY KEY (entry_id), UNIQUE KEY reversed_once (reverses), KEY booked (booked_on, entry_id), CONSTRAINT journal_reverses FOREIGN KEY (reverses) REFERENCES journal (entry_id)
) DEFAULT CHARSET=utf8mb4;
CREATE TABLE postings (
  entry_id bigint unsigned NOT NULL, leg tinyint unsigned NOT NULL, account smallint(4) unsigned zerofill NOT NULL, amount decimal(20,2) NOT NULL, memo varchar(255) DEFAULT NULL,
  PRIMARY KEY (entry_id, leg), KEY by_account (account, entry_id), CONSTRAINT posting_entry FOREIGN KEY (entry_id) REFERENCES journal (entry_id),
  CONSTRAINT posting_account FOREIGN KEY (account) REFERENCES ledger_accounts (number), CONSTRAINT posting_not_nothing CHECK (amount <> 0)
) DEFAULT CHARSET=utf8mb4;
CREATE TABLE usage_records (
  subscription_id bigint unsigned NOT NULL, meter varchar(32) NOT NULL, hour_start datetime NOT NULL, units bigint NOT NULL DEFAULT 0, idempotency_key binary(16) NOT NULL,
  PRIMARY KEY (subscription_id, meter, hour_start), UNIQUE KEY idempotent (idempotency_key, hour_start)
) DEFAULT CHARSET=utf8mb4
PARTITION BY RANGE (to_days(hour_start)) (
  PARTITION p2024 VALUES LESS THAN (739617), PARTITION p2025 VALUES LESS THAN (739982), PARTITION pmax VALUES LESS THAN MAXVALUE
);
CREATE TABLE webhooks_received (
  provider enum('stripe','adyen','gocardless') NOT NULL, event_id varchar(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, body json NOT NULL, seen_at timestamp(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6), handled_at timestamp(6) NULL DEFAULT NULL,
  PRIMARY KEY (provider, event_id), KEY unhandled (handled_at, seen_at)
) DEFAULT CHARSET=utf8mb4 ROW_FORMAT=DYNAMIC;
