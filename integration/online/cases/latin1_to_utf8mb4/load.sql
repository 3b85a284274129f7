INSERT INTO item (id, v) VALUES
  (1, 'é'),
  (2, 'ÿ'),
  (3, ''),
  (4, NULL),
  (5, 'a ');
