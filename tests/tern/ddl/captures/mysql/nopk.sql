CREATE TABLE `nopk` (
  `a` int DEFAULT NULL,
  `my key` int NOT NULL,
  CONSTRAINT `chk,1` CHECK ((`my key` > 0)) /*!80016 NOT ENFORCED */
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci