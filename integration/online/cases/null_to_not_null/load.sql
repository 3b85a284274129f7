INSERT INTO item (id, v) VALUES
  (1, 1),
  (2, 2);
