INSERT INTO item (id, v) VALUES
  (1, REPEAT('é', 20000)),
  (2, ''),
  (3, NULL);
