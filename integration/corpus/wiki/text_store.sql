CREATE TABLE text_store (
  old_id int unsigned NOT NULL AUTO_INCREMENT,
  old_text mediumblob NOT NULL,
  old_flags tinyblob NOT NULL,
  PRIMARY KEY (old_id)
) DEFAULT CHARSET=latin1 AVG_ROW_LENGTH=10240 MAX_ROWS=10000000;
