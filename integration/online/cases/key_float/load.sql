INSERT INTO item VALUES
  (1.5, 1),
  (2.5, 2);
