INSERT INTO item (id, v) VALUES
  (1, '2026-01-01 00:00:00'),
  (2, NULL),
  (3, '0000-00-00');
