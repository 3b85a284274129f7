CREATE TABLE `vec` (
  `c` varchar(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '',
  `d` int DEFAULT ((1 + 2)),
  `f` double DEFAULT '-15000000000',
  `gcol` varchar(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin GENERATED ALWAYS AS (upper(`c`)) VIRTUAL /*!80023 INVISIBLE */
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci