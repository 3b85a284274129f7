INSERT INTO item VALUES ('a', 1);
