INSERT INTO item (id, v) VALUES
  (1, 'é'),
  (2, 'a'),
  (3, NULL);
