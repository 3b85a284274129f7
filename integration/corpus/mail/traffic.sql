CREATE TABLE greylist (
  ip_net varbinary(16) NOT NULL DEFAULT x'00000000', sender varchar(320) NOT NULL, rcpt varchar(320) NOT NULL,
  first_seen int unsigned NOT NULL, passes int unsigned NOT NULL DEFAULT '0',
  PRIMARY KEY (ip_net, sender(150), rcpt(150))
) DEFAULT CHARSET=ascii;

CREATE TABLE outbound_queue (
  queue_id char(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, next_try datetime(3) NOT NULL DEFAULT '1970-01-01 00:00:00.000',
  attempts tinyint unsigned NOT NULL DEFAULT 0, last_code char(5) DEFAULT '4.0.0', last_text varchar(1024),
  PRIMARY KEY (queue_id), INDEX due USING BTREE (next_try, attempts)
) DEFAULT CHARSET=utf8mb4;

CREATE TABLE delivery_log (
  logged_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP, queue_id char(12) NOT NULL, relay varchar(255),
  delay_seconds float(8,2) unsigned NOT NULL DEFAULT 0.00, status enum('sent','deferred','bounced','expired') NOT NULL
) ENGINE=MyISAM DEFAULT CHARSET=latin1 MAX_ROWS=100000000 AVG_ROW_LENGTH=120 PACK_KEYS=0;

CREATE TABLE blocked_senders (
  pattern varchar(320) NOT NULL, kind enum('domain','address','regexp') NOT NULL DEFAULT 'domain', reason varchar(255),
  expires_at datetime NULL DEFAULT NULL, PRIMARY KEY (kind, pattern)
) ENGINE=MEMORY DEFAULT CHARSET=utf8mb3;
