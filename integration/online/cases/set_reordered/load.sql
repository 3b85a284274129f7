INSERT INTO item (id, v) VALUES
  (1, 'a,b'),
  (2, ''),
  (3, 'b'),
  (4, NULL);
