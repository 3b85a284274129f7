CREATE TABLE virtual_domains (
  id int NOT NULL AUTO_INCREMENT, name varchar(253) CHARACTER SET ascii COLLATE ascii_general_ci NOT NULL,
  max_accounts int unsigned NOT NULL DEFAULT 10, max_quota bigint NOT NULL DEFAULT 5368709120,
  transport varchar(128) NOT NULL DEFAULT 'lmtp:unix:private/dovecot-lmtp', backup_mx tinyint(1) NOT NULL DEFAULT 0,
  created timestamp NOT NULL DEFAULT current_timestamp(),
  PRIMARY KEY (id), UNIQUE (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE dkim_keys (
  domain_id int NOT NULL, selector varchar(63) NOT NULL, private_key blob NOT NULL,
  algorithm enum('rsa-sha256','ed25519-sha256') DEFAULT 'rsa-sha256' NOT NULL, rotated_at datetime,
  PRIMARY KEY (domain_id, selector),
  CONSTRAINT dkim_domain FOREIGN KEY (domain_id) REFERENCES virtual_domains (id) ON DELETE CASCADE
) DEFAULT CHARSET=utf8mb4;
