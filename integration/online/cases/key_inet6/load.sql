INSERT INTO item VALUES
  ('::1', 1),
  ('2001:db8::1', 2),
  ('::ffff:10.0.0.1', 3);
