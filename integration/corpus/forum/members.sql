CREATE TABLE members (
  member_id int unsigned NOT NULL AUTO_INCREMENT, member_name varchar(80) NOT NULL DEFAULT '', real_name varchar(255) NOT NULL DEFAULT '',
  birthdate date NOT NULL DEFAULT '1004-01-01', time_offset float NOT NULL DEFAULT 0, total_time_logged_in int unsigned NOT NULL DEFAULT 0,
  passwd_flood varchar(12) NOT NULL DEFAULT '', signature text, warning tinyint NOT NULL DEFAULT 0, tfa_secret varchar(24) NOT NULL DEFAULT '',
  PRIMARY KEY (member_id), INDEX idx_member_name (member_name), INDEX idx_real_name (real_name(30)), INDEX idx_birthdate (birthdate)
) DEFAULT CHARSET=utf8mb4;

CREATE TABLE member_ranks (
  `rank` smallint unsigned NOT NULL, `groups` set('new','regular','veteran','staff') DEFAULT NULL, `read` int NOT NULL DEFAULT '0',
  min_posts int NOT NULL DEFAULT -1, icon_stars char(1) NOT NULL DEFAULT '★', PRIMARY KEY (`rank`), KEY `key` (`read`)
) DEFAULT CHARSET=utf8mb4 COMMENT='names that are words of the language';

CREATE TABLE bans (
  ban_id int unsigned NOT NULL AUTO_INCREMENT, ip_low varbinary(16) NOT NULL DEFAULT x'00000000000000000000000000000000',
  ip_high varbinary(16) NOT NULL DEFAULT 0xffffffffffffffffffffffffffffffff, member_id int unsigned DEFAULT NULL,
  until timestamp NULL, reason varchar(255) NOT NULL DEFAULT '', hits mediumint unsigned NOT NULL DEFAULT 0,
  PRIMARY KEY (ban_id), KEY ip (ip_low, ip_high), CONSTRAINT ban_member FOREIGN KEY (member_id) REFERENCES members (member_id) ON DELETE SET NULL
) DEFAULT CHARSET=utf8mb4;

CREATE TABLE private_messages (
  pm_id int unsigned NOT NULL AUTO_INCREMENT, pm_head int unsigned NOT NULL DEFAULT 0, from_id int unsigned, from_name varchar(80) NOT NULL DEFAULT '',
  sent int unsigned NOT NULL DEFAULT 0, subject varchar(255) NOT NULL DEFAULT '', body text NOT NULL,
  PRIMARY KEY (pm_id), KEY by_sender (from_id, sent DESC), CONSTRAINT pm_sender FOREIGN KEY (from_id) REFERENCES members (member_id) ON DELETE SET NULL ON UPDATE CASCADE
) DEFAULT CHARSET=utf8mb4;

CREATE TABLE pm_recipients (
  pm_id int unsigned NOT NULL, member_id int unsigned NOT NULL, bcc tinyint unsigned NOT NULL DEFAULT 0, is_read bit(8) NOT NULL DEFAULT b'1000', labels set('inbox','work','junk') DEFAULT 'inbox',
  PRIMARY KEY (pm_id, member_id), UNIQUE KEY reverse_order (member_id, pm_id, bcc),
  CONSTRAINT recipient_pm FOREIGN KEY (pm_id) REFERENCES private_messages (pm_id) ON DELETE CASCADE, CONSTRAINT recipient_member FOREIGN KEY (member_id) REFERENCES members (member_id) ON DELETE CASCADE
) DEFAULT CHARSET=utf8mb4;
