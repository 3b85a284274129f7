INSERT INTO item (id, v) VALUES
  (1, 0),
  (2, 1901),
  (3, 2155);
