INSERT INTO item (id, v) VALUES
  (1, '[]'),
  (2, 'no json');
