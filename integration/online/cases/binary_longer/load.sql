INSERT INTO item (id, v) VALUES
  (1, x'6100'),
  (2, x'FFFFFFFF');
