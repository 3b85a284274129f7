INSERT INTO item VALUES
  ('A', 1),
  ('b', 2),
  ('É', 3),
  ('z', 4),
  ('', 5);
