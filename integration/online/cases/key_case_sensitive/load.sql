INSERT INTO item VALUES
  ('A', 1),
  ('a', 2),
  ('b', 3),
  ('B', 4);
