INSERT INTO item (id, v) VALUES
  (1, '100%'),
  (2, '%s'),
  (3, 'a%(b)s'),
  (4, 'O''Neil'),
  (5, 'back\\slash');
