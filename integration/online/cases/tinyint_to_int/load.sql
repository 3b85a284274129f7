INSERT INTO item (id, v) VALUES
  (1, -128),
  (2, 127),
  (3, NULL);
