INSERT INTO item (id, v) VALUES
  (1, b'0'),
  (2, b'1'),
  (3, NULL);
