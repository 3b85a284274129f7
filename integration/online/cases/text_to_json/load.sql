INSERT INTO item (id, v) VALUES
  (1, '{\"b\": 1, \"a\": 2}'),
  (2, '[]'),
  (3, NULL);
