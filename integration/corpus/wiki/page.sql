-- Old habits: latin1 text, unsigned ints, binary titles.
CREATE TABLE page (
  page_id int(10) unsigned NOT NULL AUTO_INCREMENT,
  page_namespace int(11) NOT NULL,
  page_title varbinary(255) NOT NULL,
  page_restrictions tinyblob,
  page_is_redirect tinyint(3) unsigned NOT NULL DEFAULT 0,
  page_random double unsigned NOT NULL DEFAULT 0,
  page_touched binary(14) NOT NULL DEFAULT '\0\0\0\0\0\0\0\0\0\0\0\0\0\0',
  page_latest int(10) unsigned NOT NULL,
  page_len int(10) unsigned NOT NULL,
  page_lang varbinary(35) DEFAULT NULL,
  PRIMARY KEY (page_id),
  UNIQUE KEY page_name_title (page_namespace, page_title),
  KEY page_random (page_random),
  KEY page_redirect_namespace_len (page_is_redirect, page_namespace, page_len)
) ENGINE=InnoDB DEFAULT CHARSET=binary;
