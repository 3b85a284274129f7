CREATE TABLE IF NOT EXISTS posts (
  ID bigint unsigned NOT NULL auto_increment,
  post_author bigint unsigned NOT NULL default '0',
  post_date datetime NOT NULL default '0000-00-00 00:00:00',
  post_content longtext NOT NULL,
  post_title text NOT NULL,
  post_status varchar(20) NOT NULL default 'publish',
  comment_status varchar(20) NOT NULL default 'open',
  post_name varchar(200) NOT NULL default '',
  post_parent bigint unsigned NOT NULL default '0',
  menu_order int(11) NOT NULL default '0',
  comment_count bigint(20) NOT NULL default '0',
  PRIMARY KEY  (ID),
  KEY post_name (post_name(191)),
  KEY type_status_date (post_status,post_date,ID),
  KEY post_parent (post_parent)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

CREATE TABLE post_revisions (
  post_id bigint unsigned NOT NULL,
  revision int unsigned NOT NULL,
  body mediumtext NOT NULL,
  diff_size int NOT NULL COMMENT 'may be negative: bytes gained or lost',
  saved_at timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  PRIMARY KEY (post_id, revision DESC)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=4;
