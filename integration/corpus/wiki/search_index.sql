CREATE TABLE search_index (
  si_page int unsigned NOT NULL,
  si_title varchar(255) NOT NULL DEFAULT '',
  si_text mediumtext NOT NULL,
  UNIQUE KEY si_page (si_page),
  FULLTEXT KEY si_title (si_title),
  FULLTEXT KEY si_text (si_text)
) DEFAULT CHARSET=utf8mb4;
