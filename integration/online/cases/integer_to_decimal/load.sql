INSERT INTO item (id, v) VALUES
  (1, -2147483648),
  (2, 7);
