CREATE TABLE log_online (
  session varchar(128) NOT NULL DEFAULT '', log_time int unsigned NOT NULL DEFAULT 0, member_id int unsigned NOT NULL DEFAULT 0, url varchar(2048) NOT NULL DEFAULT '',
  PRIMARY KEY (session), INDEX idx_log_time (log_time)
) ENGINE=MEMORY DEFAULT CHARSET=latin1 MAX_ROWS=5000;

CREATE TABLE log_actions (
  id_action bigint unsigned NOT NULL AUTO_INCREMENT, log_time int unsigned NOT NULL, action varchar(30) NOT NULL DEFAULT '', extra text,
  PRIMARY KEY (id_action, log_time)
) DEFAULT CHARSET=utf8mb4
PARTITION BY HASH (log_time DIV 86400) PARTITIONS 7;

CREATE TABLE likes (
  content_type char(6) NOT NULL DEFAULT 'msg', content_id int unsigned NOT NULL, member_id int unsigned NOT NULL, like_time int unsigned NOT NULL,
  PRIMARY KEY (content_id, content_type, member_id), KEY `liker` (member_id)
) DEFAULT CHARSET=utf8mb4 PARTITION BY KEY () PARTITIONS 4;

CREATE TABLE topic_notify (
  member_id int unsigned NOT NULL, topic_id int unsigned NOT NULL, sent tinyint unsigned NOT NULL DEFAULT 0, PRIMARY KEY (member_id, topic_id), KEY topic (topic_id, member_id),
  CONSTRAINT notify_topic FOREIGN KEY (topic_id) REFERENCES phpbb_topics (topic_id) ON DELETE CASCADE
) DEFAULT CHARSET=utf8mb3;

CREATE TABLE smileys (
  code varchar(30) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT ':-)', filename varchar(48) NOT NULL DEFAULT 'smile.gif', description varchar(80) NOT NULL DEFAULT '🙂 \\o/ %s', smiley_order smallint unsigned NOT NULL DEFAULT 0,
  PRIMARY KEY (code)
) DEFAULT CHARSET=utf8mb4;
