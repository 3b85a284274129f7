CREATE TABLE sites (idsite int unsigned NOT NULL AUTO_INCREMENT, name varchar(90) NOT NULL, main_url varchar(255) NOT NULL, ts_created timestamp NULL, timezone varchar(50) NOT NULL DEFAULT 'Europe/Berlin', currency char(3) NOT NULL DEFAULT 'EUR', exclude_ips text NOT NULL, `group` varchar(250) NOT NULL DEFAULT '', PRIMARY KEY (idsite)) DEFAULT CHARSET=utf8mb4;
CREATE TABLE log_visit (
  idvisit bigint unsigned NOT NULL AUTO_INCREMENT, idsite int unsigned NOT NULL, idvisitor binary(8) NOT NULL, visit_last_action_time datetime NOT NULL, config_id binary(8) NOT NULL, location_ip varbinary(16) NOT NULL,
  visitor_localtime time, visit_total_time int unsigned NOT NULL DEFAULT '0', location_latitude decimal(9,6), referer_keyword varchar(255),
  PRIMARY KEY (idvisit), KEY index_idsite_config_datetime (idsite, config_id, visit_last_action_time), KEY index_idsite_idvisitor (idsite, idvisitor, visit_last_action_time DESC)
) DEFAULT CHARSET=utf8mb4;
CREATE TABLE log_action (idaction int unsigned NOT NULL AUTO_INCREMENT, name varchar(4096), hash int unsigned NOT NULL, type tinyint unsigned, url_prefix tinyint, PRIMARY KEY (idaction), KEY index_type_hash (type, hash)) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
CREATE TABLE log_link_visit_action (
  idlink_va bigint unsigned NOT NULL AUTO_INCREMENT, idvisit bigint unsigned NOT NULL, idaction_url int unsigned, time_spent int unsigned NOT NULL DEFAULT 0, custom_float double, server_time datetime NOT NULL,
  PRIMARY KEY (idlink_va, server_time), KEY index_idvisit (idvisit)
) DEFAULT CHARSET=utf8mb4 PARTITION BY RANGE (year(server_time) * 100 + month(server_time)) (PARTITION m202401 VALUES LESS THAN (202402), PARTITION m202402 VALUES LESS THAN (202403), PARTITION m_rest VALUES LESS THAN MAXVALUE);
CREATE TABLE log_conversion (idvisit bigint unsigned NOT NULL, idgoal int NOT NULL, buster int unsigned NOT NULL, idorder varchar(100), revenue float, items smallint unsigned, url varchar(4096) NOT NULL, PRIMARY KEY (idvisit, idgoal, buster), UNIQUE KEY unique_order (idgoal, idorder)) DEFAULT CHARSET=utf8mb4;
