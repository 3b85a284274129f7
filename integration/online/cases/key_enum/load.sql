INSERT INTO item VALUES
  ('a', 1),
  ('z', 2),
  ('m', 3);
