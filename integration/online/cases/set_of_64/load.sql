INSERT INTO item (id, v) VALUES
  (1, 'e0,e63'),
  (2, 'e63'),
  (3, '');
