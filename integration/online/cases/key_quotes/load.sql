INSERT INTO item VALUES
  ('O''Neil', 1),
  ('back\\slash', 2),
  ('100%s %d %%', 3),
  ('new\nline', 4),
  ('`tick`', 5),
  ('\"', 6),
  ('🙂', 7),
  ('/* x */ -- y', 8);
