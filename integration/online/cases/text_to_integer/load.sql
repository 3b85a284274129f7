INSERT INTO item (id, v) VALUES
  (1, '7'),
  (2, '-12'),
  (3, NULL);
