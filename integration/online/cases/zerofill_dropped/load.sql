INSERT INTO item (id, v) VALUES
  (1, 7),
  (2, 2147483647);
