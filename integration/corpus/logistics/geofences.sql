-- flavor: mysql
-- Areas on the globe, in WGS 84.
CREATE TABLE geofences (
  fence_id int NOT NULL AUTO_INCREMENT, name varchar(60) COLLATE utf8mb4_0900_as_cs NOT NULL, area geometry NOT NULL SRID 4326, centre point GENERATED ALWAYS AS (st_srid(point(0, 0), 0)) VIRTUAL, active bool DEFAULT (TRUE),
  PRIMARY KEY (fence_id), SPATIAL KEY area (area), KEY unused (active) INVISIBLE COMMENT 'kept for a week'
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;
