INSERT INTO item (id, v) VALUES
  (1, -1.25),
  (2, 9999999.99),
  (3, NULL);
