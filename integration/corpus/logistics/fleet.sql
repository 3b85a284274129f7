CREATE TABLE vehicles (
  plate varchar(12) NOT NULL, vin char(17) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, class enum('van','7.5t','12t','40t','trailer') NOT NULL,
  payload_kg mediumint unsigned NOT NULL, tail_lift bit(1) NOT NULL DEFAULT b'0', emission_class char(6) DEFAULT 'EURO6', inspected_until date NOT NULL,
  PRIMARY KEY (plate), UNIQUE KEY vin (vin), CONSTRAINT vin_letters CHECK (vin NOT REGEXP '[IOQ]')
) DEFAULT CHARSET=utf8mb4;
CREATE TABLE drivers (
  driver_id smallint unsigned NOT NULL AUTO_INCREMENT, licence_no varchar(20) NOT NULL, categories set('B','BE','C1','C1E','C','CE') NOT NULL, adr_until date DEFAULT NULL COMMENT 'dangerous goods',
  phone varchar(20) DEFAULT NULL, PRIMARY KEY (driver_id), UNIQUE KEY licence (licence_no)
) DEFAULT CHARSET=utf8mb4 AUTO_INCREMENT=1000;
CREATE TABLE tours (
  tour_date date NOT NULL, tour_no smallint unsigned NOT NULL, plate varchar(12) NOT NULL, driver_id smallint unsigned DEFAULT NULL, co_driver_id smallint unsigned DEFAULT NULL, odometer_start int unsigned, odometer_end int unsigned,
  driven_km int AS (cast(odometer_end AS signed) - cast(odometer_start AS signed)) STORED, PRIMARY KEY (tour_date, tour_no), UNIQUE KEY vehicle_once (plate, tour_date, tour_no),
  CONSTRAINT tour_vehicle FOREIGN KEY (plate) REFERENCES vehicles (plate) ON UPDATE CASCADE, CONSTRAINT tour_driver FOREIGN KEY (driver_id) REFERENCES drivers (driver_id) ON DELETE SET NULL, CONSTRAINT tour_co_driver FOREIGN KEY (co_driver_id) REFERENCES drivers (driver_id) ON DELETE SET NULL
) DEFAULT CHARSET=utf8mb4;
CREATE TABLE gps_fixes (
  plate varchar(12) NOT NULL, fixed_at datetime(3) NOT NULL, lat decimal(9,6) NOT NULL, lon decimal(9,6) NOT NULL, speed tinyint unsigned, heading smallint unsigned, ignition tinyint(1) NOT NULL DEFAULT 1,
  PRIMARY KEY (plate, fixed_at)
) DEFAULT CHARSET=utf8mb4
PARTITION BY RANGE COLUMNS (fixed_at) SUBPARTITION BY KEY (plate) SUBPARTITIONS 3 (PARTITION before_2024 VALUES LESS THAN ('2024-01-01 00:00:00'), PARTITION y2024 VALUES LESS THAN ('2025-01-01 00:00:00'), PARTITION rest VALUES LESS THAN (MAXVALUE));
