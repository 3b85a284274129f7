-- Names that people really use, sooner or later.
CREATE TABLE `odd names` (
  `id` int NOT NULL,
  `select` int DEFAULT NULL,
  `with space` varchar(20) DEFAULT NULL,
  `comma,name` varchar(20) DEFAULT NULL,
  `paren)(name` varchar(20) DEFAULT NULL,
  `back``tick` varchar(20) DEFAULT NULL,
  `quote'name` varchar(60) DEFAULT 'it''s; not -- a comment',
  `ÜmläutSpalte` varchar(60) DEFAULT '/* neither this */',
  `$dollar` int DEFAULT NULL,
  `123` int DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `key with space` (`with space`, `comma,name`),
  KEY `primary_` (`select`)
) DEFAULT CHARSET=utf8mb4 COMMENT='semi;colons -- and /* comments */ in a comment';
