-- copy_range
INSERT INTO `shop`.`t_sbaaaaa_n` (`a`, `b`) SELECT `a`, `b` FROM `shop`.`t` FORCE INDEX (`PRIMARY`) WHERE (`a` > -7 OR (`a` = -7 AND `b` >= _utf8mb4 x'697427732031303025' COLLATE utf8mb4_general_ci)) AND (`a` < 9 OR (`a` = 9 AND `b` < _utf8mb4 x'' COLLATE utf8mb4_general_ci)) FOR SHARE NOWAIT;

-- copy_range, of integers
INSERT INTO `shop`.`t_sbaaaaa_n` (`a`, `b`) SELECT `a`, `b` FROM `shop`.`t` FORCE INDEX (`PRIMARY`) WHERE `a` >= -7 FOR SHARE NOWAIT;

-- copy_range, all
INSERT INTO `shop`.`t_sbaaaaa_n` (`a`, `b`) SELECT `a`, `b` FROM `shop`.`t` FORCE INDEX (`PRIMARY`) WHERE TRUE FOR SHARE NOWAIT;

-- copy_keys
INSERT INTO `shop`.`t_sbaaaaa_n` (`a`, `b`) SELECT `a`, `b` FROM `shop`.`t` FORCE INDEX (`PRIMARY`) WHERE ((`a` = -7 AND `b` = _utf8mb4 x'697427732031303025' COLLATE utf8mb4_general_ci) OR (`a` = 9 AND `b` = _utf8mb4 x'' COLLATE utf8mb4_general_ci)) FOR SHARE NOWAIT;

-- copy_keys, of integers
INSERT INTO `shop`.`t_sbaaaaa_n` (`a`, `b`) SELECT `a`, `b` FROM `shop`.`t` FORCE INDEX (`PRIMARY`) WHERE `a` IN (-7, 9) FOR SHARE NOWAIT;

-- delete_range
DELETE `shop`.`t_sbaaaaa_n` FROM `shop`.`t_sbaaaaa_n` FORCE INDEX (`PRIMARY`) WHERE (`a` > -7 OR (`a` = -7 AND `b` >= _utf8mb4 x'697427732031303025' COLLATE utf8mb4_general_ci)) AND (`a` < 9 OR (`a` = 9 AND `b` < _utf8mb4 x'' COLLATE utf8mb4_general_ci));

-- delete_keys
DELETE `shop`.`t_sbaaaaa_n` FROM `shop`.`t_sbaaaaa_n` FORCE INDEX (`PRIMARY`) WHERE ((`a` = -7 AND `b` = _utf8mb4 x'697427732031303025' COLLATE utf8mb4_general_ci) OR (`a` = 9 AND `b` = _utf8mb4 x'' COLLATE utf8mb4_general_ci));

-- lock_first
SELECT 1 FROM `shop`.`t` FORCE INDEX (`PRIMARY`) WHERE (`a` > -7 OR (`a` = -7 AND `b` >= _utf8mb4 x'697427732031303025' COLLATE utf8mb4_general_ci)) AND (`a` < 9 OR (`a` = 9 AND `b` < _utf8mb4 x'' COLLATE utf8mb4_general_ci)) LIMIT 1 FOR SHARE;

-- lock_key
SELECT 1 FROM `shop`.`t` FORCE INDEX (`PRIMARY`) WHERE ((`a` = -7 AND `b` = _utf8mb4 x'697427732031303025' COLLATE utf8mb4_general_ci)) FOR SHARE;

-- lock_keys
SELECT 1 FROM `shop`.`t` FORCE INDEX (`PRIMARY`) WHERE ((`a` = -7 AND `b` = _utf8mb4 x'697427732031303025' COLLATE utf8mb4_general_ci) OR (`a` = 9 AND `b` = _utf8mb4 x'' COLLATE utf8mb4_general_ci)) FOR SHARE NOWAIT;

-- free_rows
SELECT `a`+0, HEX(`b`) FROM `shop`.`t` FORCE INDEX (`PRIMARY`) WHERE ((`a` = -7 AND `b` = _utf8mb4 x'697427732031303025' COLLATE utf8mb4_general_ci) OR (`a` = 9 AND `b` = _utf8mb4 x'' COLLATE utf8mb4_general_ci)) FOR SHARE SKIP LOCKED;

-- free_rows, of a range
SELECT `a`+0, HEX(`b`) FROM `shop`.`t` FORCE INDEX (`PRIMARY`) WHERE (`a` > -7 OR (`a` = -7 AND `b` >= _utf8mb4 x'697427732031303025' COLLATE utf8mb4_general_ci)) AND (`a` < 9 OR (`a` = 9 AND `b` < _utf8mb4 x'' COLLATE utf8mb4_general_ci)) FOR SHARE SKIP LOCKED;

-- seen_rows
SELECT `a`+0, HEX(`b`) FROM `shop`.`t` FORCE INDEX (`PRIMARY`) WHERE ((`a` = -7 AND `b` = _utf8mb4 x'697427732031303025' COLLATE utf8mb4_general_ci) OR (`a` = 9 AND `b` = _utf8mb4 x'' COLLATE utf8mb4_general_ci)) ORDER BY `a`, `b`;

-- bound_after
SELECT `a`+0, HEX(`b`) FROM `shop`.`t` FORCE INDEX (`PRIMARY`) WHERE (`a` > -7 OR (`a` = -7 AND `b` >= _utf8mb4 x'697427732031303025' COLLATE utf8mb4_general_ci)) AND (`a` < 9 OR (`a` = 9 AND `b` < _utf8mb4 x'' COLLATE utf8mb4_general_ci)) ORDER BY `a`, `b` LIMIT 1 OFFSET 1000;

-- keys_in
SELECT `a`+0, HEX(`b`) FROM `shop`.`t` FORCE INDEX (`PRIMARY`) WHERE (`a` > -7 OR (`a` = -7 AND `b` >= _utf8mb4 x'697427732031303025' COLLATE utf8mb4_general_ci)) AND (`a` < 9 OR (`a` = 9 AND `b` < _utf8mb4 x'' COLLATE utf8mb4_general_ci)) ORDER BY `a`, `b` LIMIT 5;

-- last_integer
SELECT MAX(`a`) FROM `shop`.`t`;

-- first_integer
SELECT MIN(`a`) FROM `shop`.`t`;

-- truth
SELECT 1 < 2, 2 < 1;

-- fill_probe
INSERT INTO `shop`.`t_sbaaaaa_p` (`a`, `b`) SELECT `a`, `b` FROM `shop`.`t` FORCE INDEX (`PRIMARY`) WHERE ((`a` = -7 AND `b` = _utf8mb4 x'697427732031303025' COLLATE utf8mb4_general_ci) OR (`a` = 9 AND `b` = _utf8mb4 x'' COLLATE utf8mb4_general_ci)) FOR SHARE NOWAIT;

-- empty_probe
DELETE FROM `shop`.`t_sbaaaaa_p`;

-- in_the_way
SELECT `a`+0, HEX(`b`) FROM `shop`.`t_sbaaaaa_n` WHERE (LEFT(`b`, 4), `a`) IN (SELECT LEFT(`b`, 4), `a` FROM `shop`.`t_sbaaaaa_p`) AND NOT (((`a` = -7 AND `b` = _utf8mb4 x'697427732031303025' COLLATE utf8mb4_general_ci)));

-- shared
SELECT `a`+0, HEX(`b`) FROM `shop`.`t_sbaaaaa_p` WHERE (LEFT(`b`, 4), `a`) IN (SELECT LEFT(`b`, 4), `a` FROM `shop`.`t_sbaaaaa_p` AS `twin of t_sbaaaaa_p` GROUP BY LEFT(`b`, 4), `a` HAVING COUNT(*) > 1);

-- add_as_committed
INSERT INTO `shop`.`t_sbaaaaa_p` (`a`, `b`) SELECT `a`, `b` FROM `shop`.`t` FORCE INDEX (`PRIMARY`) WHERE ((`a` = 9 AND `b` = _utf8mb4 x'' COLLATE utf8mb4_general_ci));

-- remove_stale
DELETE `shop`.`t_sbaaaaa_n` FROM `shop`.`t_sbaaaaa_n` FORCE INDEX (`PRIMARY`) WHERE ((`a` = 9 AND `b` = _utf8mb4 x'' COLLATE utf8mb4_general_ci)) AND (LEFT(`b`, 4), `a`) IN (SELECT LEFT(`b`, 4), `a` FROM `shop`.`t_sbaaaaa_p` WHERE ((`a` = -7 AND `b` = _utf8mb4 x'697427732031303025' COLLATE utf8mb4_general_ci)));

-- lock_tables
LOCK TABLES `shop`.`t` WRITE, `shop`.`t_sbaaaaa_n` WRITE, `shop`.`t_sbaaaaa_p` WRITE, `shop`.`t_sbaaaaa_p` AS `twin of t_sbaaaaa_p` WRITE, `shop`.`t_sbaaaaa_o` WRITE;

-- rename_tables
RENAME TABLE `shop`.`t` TO `shop`.`t_sbaaaaa_o`, `shop`.`t_sbaaaaa_n` TO `shop`.`t`;

-- drop_table
DROP TABLE IF EXISTS `shop`.`t_sbaaaaa_n`;

-- drop_own
DROP TABLE `shop`.`t_sbaaaaa_o`;

-- create_sentry
CREATE TABLE `shop`.`t_sbaaaaa_o` (id INT PRIMARY KEY) ENGINE=InnoDB COMMENT='keeps this name taken during a schema change';

-- set_counter
ALTER TABLE `shop`.`t_sbaaaaa_n` AUTO_INCREMENT = 9223372036854775808;

-- analyze
ANALYZE TABLE `shop`.`t_sbaaaaa_n`;

-- add_indexes
ALTER TABLE `shop`.`t_sbaaaaa_n` ADD KEY `b` (`b`), ADD KEY `c` (`b`,`a`), LOCK=NONE;
