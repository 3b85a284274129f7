INSERT INTO item VALUES
  (x'61', 1),
  (x'6100FF00', 2),
  (x'00000000', 3),
  (x'00000001', 4),
  (x'FFFFFFFF', 5);
