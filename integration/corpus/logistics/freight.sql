CREATE TABLE consignments (
  sscc char(18) CHARACTER SET ascii NOT NULL COMMENT 'serial shipping container code', shipper varchar(100) NOT NULL, consignee varchar(100) NOT NULL, incoterm enum('EXW','FCA','CPT','DAP','DDP') NOT NULL DEFAULT 'DAP',
  gross_kg decimal(9,3) NOT NULL, length_cm smallint unsigned, width_cm smallint unsigned, height_cm smallint unsigned,
  volume_m3 double AS (length_cm * width_cm * height_cm / 1000000) STORED, chargeable_kg decimal(12,3) AS (greatest(gross_kg, length_cm * width_cm * height_cm / 3000)) VIRTUAL,
  PRIMARY KEY (sscc), KEY biggest (volume_m3), CONSTRAINT has_weight CHECK (gross_kg > 0)
) DEFAULT CHARSET=utf8mb4;
CREATE TABLE dangerous_goods (
  un_number smallint(4) unsigned zerofill NOT NULL, class char(3) NOT NULL, packing_group enum('I','II','III') DEFAULT NULL, tunnel_code varchar(6) NOT NULL DEFAULT '(-)', proper_name varchar(250) NOT NULL, PRIMARY KEY (un_number, class)
) DEFAULT CHARSET=utf8mb4;
CREATE TABLE consignment_goods (
  sscc char(18) CHARACTER SET ascii NOT NULL, un_number smallint(4) unsigned zerofill NOT NULL, class char(3) NOT NULL, net_litres decimal(8,2) DEFAULT NULL, PRIMARY KEY (sscc, un_number),
  CONSTRAINT goods_of FOREIGN KEY (sscc) REFERENCES consignments (sscc) ON DELETE CASCADE, CONSTRAINT goods_un FOREIGN KEY (un_number, class) REFERENCES dangerous_goods (un_number, class)
) DEFAULT CHARSET=utf8mb4;
CREATE TABLE scan_events (
  event_id bigint unsigned NOT NULL AUTO_INCREMENT, sscc char(18) NOT NULL, depot_code char(5) NOT NULL, kind tinyint unsigned NOT NULL COMMENT '1=in 2=out 3=delivered 9=missing', scanned_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP, device varbinary(8) DEFAULT 0x00,
  PRIMARY KEY (event_id, kind), KEY trace (sscc, scanned_at)
) DEFAULT CHARSET=ascii PARTITION BY LIST (kind) (PARTITION moves VALUES IN (1, 2), PARTITION ends VALUES IN (3, 4, 9));
CREATE TABLE proof_of_delivery (sscc char(18) CHARACTER SET ascii NOT NULL PRIMARY KEY, signed_by varchar(80), signature_svg mediumtext, photo longblob, signed_at datetime, CONSTRAINT pod_of FOREIGN KEY (sscc) REFERENCES consignments (sscc)) DEFAULT CHARSET=utf8mb4 ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=8;
CREATE TABLE customs_tariff (hs_code char(10) NOT NULL, lang char(2) NOT NULL, description varchar(1000) NOT NULL, duty_percent decimal(5,3), unit varchar(10), PRIMARY KEY (hs_code, lang), FULLTEXT KEY (description)) DEFAULT CHARSET=utf8mb4;
