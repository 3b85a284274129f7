INSERT INTO item VALUES
  (x'', 1),
  (x'00', 2),
  (x'61', 3),
  (x'6100', 4),
  (x'FF', 5);
