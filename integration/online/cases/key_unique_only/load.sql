INSERT INTO item VALUES (1, 1), (5, 2), (9, 3);
