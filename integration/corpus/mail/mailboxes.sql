CREATE TABLE mailboxes (
  local_part varchar(64) NOT NULL,
  domain_id int NOT NULL,
  password varchar(255) NOT NULL COMMENT '{SSHA512} or "{BLF-CRYPT}"; never \\plain\\',
  quota_bytes bigint unsigned NOT NULL DEFAULT '18446744073709551615',
  maildir varchar(255) AS (concat(local_part, '/')) VIRTUAL,
  active boolean NOT NULL DEFAULT TRUE,
  PRIMARY KEY (local_part, domain_id),
  KEY by_domain (domain_id),
  CONSTRAINT mailbox_domain FOREIGN KEY (domain_id) REFERENCES virtual_domains (id) ON UPDATE RESTRICT
) DEFAULT CHARSET=utf8mb4;

CREATE TABLE aliases (
  source varchar(320) NOT NULL,
  destination text NOT NULL,
  sequence_number tinyint unsigned NOT NULL DEFAULT 1,
  note varchar(200) DEFAULT 'line one\nline two\t"tabbed"',
  PRIMARY KEY (source, sequence_number)
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE vacation_replies (
  mailbox varchar(320) NOT NULL PRIMARY KEY,
  subject varchar(255) NOT NULL DEFAULT 'I\'m away',
  body mediumtext CHARACTER SET utf8mb3 NOT NULL,
  starts_on date DEFAULT '1000-01-01',
  ends_on date DEFAULT '9999-12-31',
  CONSTRAINT vacation_order CHECK (ends_on >= starts_on)
) DEFAULT CHARSET=utf8mb4;

CREATE TABLE vacation_notified (
  mailbox varchar(320) NOT NULL, notified varbinary(320) NOT NULL, notified_at timestamp(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  PRIMARY KEY (mailbox, notified),
  CONSTRAINT notified_mailbox FOREIGN KEY (mailbox) REFERENCES vacation_replies (mailbox) ON DELETE CASCADE
) DEFAULT CHARSET=utf8mb4;
