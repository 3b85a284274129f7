INSERT INTO item VALUES
  ('a', 1),
  ('é', 2),
  ('ß', 3),
  ('日本', 4);
