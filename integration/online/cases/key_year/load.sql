INSERT INTO item VALUES
  (0, 1),
  (1901, 2),
  (2155, 3);
