CREATE TABLE watchlist (
  wl_user int unsigned NOT NULL,
  wl_namespace int NOT NULL DEFAULT 0,
  wl_title varbinary(255) NOT NULL DEFAULT '',
  wl_notified varbinary(14) DEFAULT NULL,
  wl_note text COMMENT 'free text: may hold ''quotes'', "double ones" and a \\ backslash',
  UNIQUE KEY wl_user (wl_user, wl_namespace, wl_title),
  KEY wl_namespace_title (wl_namespace, wl_title(60))
) DEFAULT CHARSET=latin1;
