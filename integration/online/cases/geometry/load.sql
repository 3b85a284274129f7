INSERT INTO item (id, v) VALUES
  (1, ST_GeomFromText('POINT(1 2)')),
  (2, ST_GeomFromText('LINESTRING(0 0, 1 777)')),
  (3, ST_GeomFromText('POINT(1 2)', 4326));
