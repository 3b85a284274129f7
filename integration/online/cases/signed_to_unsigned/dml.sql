UPDATE item SET id = id + 1000 WHERE id < 1000;
UPDATE item SET id = id - 1000 WHERE id >= 1000;
INSERT INTO item SELECT id + 5000, v FROM item WHERE id < 5000;
DELETE FROM item WHERE id >= 5000;
