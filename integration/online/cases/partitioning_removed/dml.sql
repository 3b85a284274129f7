UPDATE item SET v = v WHERE id % 7 = 3;
DELETE FROM item WHERE id = 11;
INSERT IGNORE INTO item (id, v) SELECT 11, v FROM item WHERE id = 12;
UPDATE item SET id = id + 100000 WHERE id = 13;
UPDATE item SET id = id - 100000 WHERE id = 100013;
