CREATE TABLE `usesq` (
  `id` int(11) DEFAULT nextval(`d`.`sq`),
  `x` int(11) DEFAULT nextval(`d`.`sq2`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci