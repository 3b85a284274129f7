INSERT INTO item (id, v) VALUES
  (1, '2026-01-01 00:00:01'),
  (2, NULL),
  (3, '2038-01-19 03:14:07');
