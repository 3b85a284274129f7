INSERT INTO item (id, v) VALUES
  (1, 'é'),
  (2, '日本'),
  (3, 'a ');
