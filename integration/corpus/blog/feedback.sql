CREATE TABLE remarks (
  comment_ID bigint unsigned NOT NULL AUTO_INCREMENT,
  comment_post_ID bigint unsigned NOT NULL DEFAULT 0,
  comment_author tinytext NOT NULL,
  comment_author_IP varchar(100) NOT NULL DEFAULT '',
  comment_date_gmt datetime NOT NULL DEFAULT '0000-00-00 00:00:00',
  comment_karma int NOT NULL DEFAULT 0,
  comment_approved varchar(20) NOT NULL DEFAULT '1',
  comment_parent bigint unsigned NOT NULL DEFAULT 0,
  PRIMARY KEY (comment_ID),
  KEY comment_approved_date_gmt (comment_approved, comment_date_gmt),
  KEY comment_author_prefix (comment_author(10))
) DEFAULT CHARSET=utf8mb4;

CREATE TABLE reactions (
  post_id bigint unsigned NOT NULL,
  visitor_hash binary(16) NOT NULL DEFAULT '\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0',
  emoji varchar(8) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '👍',
  reacted_on date NOT NULL,
  UNIQUE KEY one_each (post_id, visitor_hash, emoji)
) DEFAULT CHARSET=utf8mb4 COMMENT='👏 no primary key, only a unique one';

CREATE TABLE spam_words (
  word varchar(64) CHARACTER SET latin1 COLLATE latin1_general_cs NOT NULL,
  weight decimal(4,2) unsigned NOT NULL DEFAULT '1.00',
  hits mediumint unsigned zerofill NOT NULL DEFAULT '0',
  PRIMARY KEY (word)
) ENGINE=MyISAM DEFAULT CHARSET=latin1 CHECKSUM=1 DELAY_KEY_WRITE=1;
