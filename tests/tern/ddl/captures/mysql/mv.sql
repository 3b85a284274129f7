CREATE TABLE `mv` (
  `id` int NOT NULL,
  `j` json DEFAULT NULL,
  `n` varchar(30) DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `mvk` ((cast(json_extract(`j`,_utf8mb4'$.tags') as unsigned array)),`id`),
  KEY `fn2` ((concat(`n`,_utf8mb4',',_utf8mb4'x')) DESC)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci