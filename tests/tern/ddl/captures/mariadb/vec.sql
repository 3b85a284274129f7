CREATE TABLE `vec` (
  `c` varchar(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '' CHECK (`c` <> 'x'),
  `d` int(11) DEFAULT (1 + 2),
  `e` int(11) DEFAULT 3,
  `f` double DEFAULT -15000000000,
  `gcol` varchar(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin GENERATED ALWAYS AS (ucase(`c`)) VIRTUAL INVISIBLE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci