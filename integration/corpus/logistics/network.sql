CREATE TABLE depots (
  depot_code char(5) CHARACTER SET ascii NOT NULL,
  unlocode char(5) DEFAULT NULL,
  location point NOT NULL,
  docks tinyint unsigned NOT NULL DEFAULT 4,
  opens time NOT NULL DEFAULT '05:30:00',
  footprint polygon DEFAULT NULL,
  PRIMARY KEY (depot_code),
  SPATIAL KEY location (location)
) DEFAULT CHARSET=utf8mb4;

CREATE TABLE lanes (
  origin char(5) CHARACTER SET ascii NOT NULL,
  destination char(5) CHARACTER SET ascii NOT NULL,
  distance_km decimal(7,1) unsigned NOT NULL,
  transit_hours smallint unsigned NOT NULL,
  co2_per_tonne double(10,3) DEFAULT NULL,
  km_per_hour decimal(8,2) AS (distance_km / transit_hours) VIRTUAL,
  PRIMARY KEY (origin, destination),
  KEY backhaul (destination, origin),
  CONSTRAINT lane_origin FOREIGN KEY (origin) REFERENCES depots (depot_code),
  CONSTRAINT lane_destination FOREIGN KEY (destination) REFERENCES depots (depot_code)
) DEFAULT CHARSET=utf8mb4;

CREATE TABLE routes (
  route_id int unsigned NOT NULL AUTO_INCREMENT,
  label varchar(60) NOT NULL,
  path linestring NOT NULL,
  stops multipoint DEFAULT NULL,
  valid_on set('mon','tue','wed','thu','fri','sat','sun') NOT NULL,
  PRIMARY KEY (route_id),
  SPATIAL INDEX along (path)
) DEFAULT CHARSET=utf8mb4;
