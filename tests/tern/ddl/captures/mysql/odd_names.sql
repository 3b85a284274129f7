CREATE TABLE `odd,name
)'"``x` (
  `a,b
c``d'"` int DEFAULT NULL COMMENT 'it''s, "q" \\ back\nnl',
  `中é` int DEFAULT NULL COMMENT '?',
  KEY `k,(x` (`a,b
c``d'"`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci