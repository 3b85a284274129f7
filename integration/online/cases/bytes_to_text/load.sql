INSERT INTO item (id, v) VALUES
  (1, 'abc'),
  (2, x'C3A9'),
  (3, NULL);
