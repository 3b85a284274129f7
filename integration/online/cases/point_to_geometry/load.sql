INSERT INTO item (id, v) VALUES
  (1, ST_GeomFromText('POINT(1 2)')),
  (2, NULL);
