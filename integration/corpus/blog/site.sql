CREATE TABLE options (
  option_id bigint unsigned NOT NULL AUTO_INCREMENT,
  option_name varchar(191) DEFAULT NULL,
  option_value longtext NOT NULL,
  autoload varchar(20) NOT NULL DEFAULT 'yes',
  PRIMARY KEY (option_id),
  UNIQUE KEY option_name (option_name),
  KEY autoload (autoload)
) DEFAULT CHARSET=utf8mb4 AUTO_INCREMENT=151;

CREATE TABLE links (
  link_id int NOT NULL AUTO_INCREMENT, link_url varchar(2083) NOT NULL, link_name varchar(255) NOT NULL DEFAULT '',
  link_image varchar(255) NOT NULL DEFAULT '', link_visible enum('Y','N') NOT NULL DEFAULT 'Y',
  link_rating tinyint NOT NULL DEFAULT 0 CHECK (link_rating BETWEEN 0 AND 10),
  link_hash char(64) CHARACTER SET ascii AS (sha2(link_url, 256)) STORED,
  PRIMARY KEY (link_id), UNIQUE KEY (link_hash)
) DEFAULT CHARSET=utf8mb4;

CREATE TABLE redirects (
  from_path varbinary(500) NOT NULL, to_path varbinary(500) NOT NULL,
  status smallint unsigned NOT NULL DEFAULT 301, last_hit datetime(6) DEFAULT NULL,
  CONSTRAINT redirect_status CHECK (status IN (301, 302, 307, 308)),
  PRIMARY KEY (from_path)
) DEFAULT CHARSET=utf8mb4;

CREATE TABLE newsletter_subscribers (
  email varchar(254) NOT NULL,
  confirmed bit(1) NOT NULL DEFAULT b'0',
  topics set('news','travel','food','a;b','it''s') NOT NULL DEFAULT 'news,food',
  signed_up_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
  unsubscribed_at timestamp NULL DEFAULT NULL ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (email)
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

CREATE TABLE page_views (
  viewed_on date NOT NULL, path varchar(300) NOT NULL, views int unsigned NOT NULL DEFAULT 0,
  PRIMARY KEY (viewed_on, path)
) DEFAULT CHARSET=utf8mb4
PARTITION BY RANGE COLUMNS (viewed_on) (
  PARTITION y2023 VALUES LESS THAN ('2024-01-01') COMMENT = 'closed',
  PARTITION y2024 VALUES LESS THAN ('2025-01-01'),
  PARTITION later VALUES LESS THAN (MAXVALUE)
);

CREATE TABLE feed_sources (
  feed_id int NOT NULL AUTO_INCREMENT,
  feed_url text CHARACTER SET ascii NOT NULL,
  etag varchar(100) CHARACTER SET ascii DEFAULT NULL,
  refresh_every time NOT NULL DEFAULT '01:00:00',
  last_body mediumblob,
  failures tinyint unsigned NOT NULL DEFAULT 0,
  PRIMARY KEY (feed_id),
  UNIQUE KEY feed_url (feed_url(255))
) DEFAULT CHARSET=utf8mb4;
