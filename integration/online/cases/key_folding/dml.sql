UPDATE item SET k = 'a' WHERE k = 'A';
UPDATE item SET v = v + 1 WHERE k = 'a';
UPDATE item SET k = 'A', v = v - 1 WHERE k = 'a';
DELETE FROM item WHERE k = 'B';
INSERT INTO item VALUES ('b', 2);
