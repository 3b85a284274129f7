INSERT INTO item (id, v) VALUES
  (1, 0),
  (2, -1);
