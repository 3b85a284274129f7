CREATE TABLE geo_tags (
  id int NOT NULL AUTO_INCREMENT,
  spot point NOT NULL,
  area polygon DEFAULT NULL,
  anything geometry DEFAULT NULL,
  many geometrycollection DEFAULT NULL,
  PRIMARY KEY (id),
  SPATIAL KEY sx_spot (spot)
) DEFAULT CHARSET=utf8mb4;
