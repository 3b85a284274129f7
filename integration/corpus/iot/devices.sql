CREATE TABLE device_models (
  model_id smallint unsigned NOT NULL AUTO_INCREMENT, vendor varchar(40) NOT NULL, model varchar(40) NOT NULL, firmware_min varchar(20) NOT NULL DEFAULT '0.0.1', datasheet json, radio set('ble','zigbee','lora','wifi','nb-iot') NOT NULL DEFAULT '',
  PRIMARY KEY (model_id), UNIQUE KEY vendor_model (vendor, model)
) DEFAULT CHARSET=utf8mb4;
CREATE TABLE devices (
  eui64 binary(8) NOT NULL, model_id smallint unsigned NOT NULL, name varchar(64) NOT NULL DEFAULT '', mac_text char(23) AS (hex(eui64)) VIRTUAL, battery_pct tinyint unsigned DEFAULT NULL, rssi tinyint NOT NULL DEFAULT -128, last_seen timestamp(3) NULL DEFAULT NULL, shadow json,
  wanted_version int AS (json_extract(shadow, '$.desired.version')) STORED,
  PRIMARY KEY (eui64), KEY stale (last_seen), KEY by_version (wanted_version), CONSTRAINT device_model FOREIGN KEY (model_id) REFERENCES device_models (model_id), CONSTRAINT battery_range CHECK (battery_pct <= 100)
) DEFAULT CHARSET=utf8mb4;
CREATE TABLE device_certificates (
  serial_no varbinary(20) NOT NULL, eui64 binary(8) NOT NULL, not_before datetime NOT NULL, not_after datetime NOT NULL, der blob NOT NULL, revoked_at datetime, fingerprint binary(32) AS (unhex(sha2(der, 256))) STORED,
  PRIMARY KEY (serial_no), UNIQUE KEY fingerprint (fingerprint), KEY expiring (not_after), CONSTRAINT certificate_device FOREIGN KEY (eui64) REFERENCES devices (eui64) ON DELETE CASCADE, CONSTRAINT validity CHECK (not_after > not_before)
) DEFAULT CHARSET=utf8mb4;
CREATE TABLE gateways (gateway_id int NOT NULL AUTO_INCREMENT, site varchar(50) NOT NULL, antenna_gain_dbi float(4,1) DEFAULT 2.1, uplink_ip varbinary(16) DEFAULT NULL, coords point, PRIMARY KEY (gateway_id), INDEX (site, uplink_ip(4))) DEFAULT CHARSET=utf8mb4;
