CREATE TABLE poll_options (
  poll_option_id tinyint NOT NULL DEFAULT '0', topic_id int unsigned NOT NULL, poll_option_text text NOT NULL, poll_option_total mediumint unsigned NOT NULL DEFAULT '0',
  PRIMARY KEY (topic_id, poll_option_id)
) DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_bin;

CREATE TABLE poll_votes (
  topic_id int unsigned NOT NULL, poll_option_id tinyint NOT NULL, vote_user_id int unsigned NOT NULL, vote_user_ip varbinary(16) DEFAULT NULL,
  UNIQUE KEY one_vote (topic_id, vote_user_id), KEY (vote_user_id),
  CONSTRAINT vote_for_option FOREIGN KEY (topic_id, poll_option_id) REFERENCES poll_options (topic_id, poll_option_id) ON UPDATE CASCADE
) DEFAULT CHARSET=utf8mb4;
