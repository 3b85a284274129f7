INSERT INTO item (id, v) VALUES
  (1, REPEAT(x'00FF', 30000)),
  (2, ''),
  (3, NULL),
  (4, x'00');
