-- flavor: mysql
CREATE TABLE geo_srid (
  id int NOT NULL,
  spot point NOT NULL /*!80003 SRID 4326 */,
  PRIMARY KEY (id),
  SPATIAL KEY sx_spot (spot)
) DEFAULT CHARSET=utf8mb4;
