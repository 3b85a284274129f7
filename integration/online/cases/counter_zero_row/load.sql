SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO';
INSERT INTO item VALUES (0, 1), (7, 2), (-3, 3);
