CREATE TABLE phpbb_forums (
  forum_id mediumint(8) UNSIGNED NOT NULL auto_increment,
  parent_id mediumint(8) UNSIGNED DEFAULT '0' NOT NULL,
  left_id mediumint(8) UNSIGNED DEFAULT '0' NOT NULL,
  right_id mediumint(8) UNSIGNED DEFAULT '0' NOT NULL,
  forum_parents mediumtext NOT NULL,
  forum_name varchar(255) DEFAULT '' NOT NULL,
  forum_rules_bitfield varbinary(255) DEFAULT '' NOT NULL,
  forum_flags tinyint(4) DEFAULT '32' NOT NULL,
  PRIMARY KEY (forum_id),
  KEY left_right_id (left_id, right_id)
) CHARACTER SET `utf8mb3` COLLATE `utf8mb3_bin`;

CREATE TABLE phpbb_topics (
  topic_id int UNSIGNED NOT NULL auto_increment,
  forum_id mediumint UNSIGNED DEFAULT '0' NOT NULL,
  topic_title varchar(255) DEFAULT '' NOT NULL COLLATE utf8mb3_unicode_ci,
  topic_time int(11) UNSIGNED DEFAULT '0' NOT NULL,
  topic_views mediumint(8) UNSIGNED DEFAULT '0' NOT NULL,
  topic_last_post_time int(11) UNSIGNED DEFAULT '0' NOT NULL,
  poll_length int(11) UNSIGNED DEFAULT '0' NOT NULL,
  poll_ends int UNSIGNED GENERATED ALWAYS AS (topic_time + poll_length) STORED,
  PRIMARY KEY (topic_id),
  KEY fid_time_moved (forum_id, topic_last_post_time, topic_id),
  CONSTRAINT topic_forum FOREIGN KEY (forum_id) REFERENCES phpbb_forums (forum_id)
) CHARACTER SET utf8mb3 COLLATE utf8mb3_bin;

CREATE TABLE phpbb_posts (
  post_id int UNSIGNED NOT NULL auto_increment,
  topic_id int UNSIGNED NOT NULL,
  poster_ip varchar(40) DEFAULT '' NOT NULL,
  post_text mediumtext NOT NULL COLLATE utf8mb3_unicode_ci,
  bbcode_uid varchar(8) DEFAULT '' NOT NULL,
  post_subject varchar(255) DEFAULT '' NOT NULL COLLATE utf8mb3_unicode_ci,
  post_checksum varchar(32) DEFAULT '' NOT NULL,
  post_edit_count smallint(4) UNSIGNED DEFAULT '0' NOT NULL,
  PRIMARY KEY (post_id),
  KEY topic_id (topic_id),
  FULLTEXT KEY post_text (post_text),
  FULLTEXT INDEX `text and "title"` (post_text, post_subject)
) ENGINE=MyISAM CHARACTER SET utf8mb3 COLLATE utf8mb3_bin ROW_FORMAT=DYNAMIC;
