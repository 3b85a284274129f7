UPDATE item SET v = NULL WHERE id = 3;
UPDATE item SET v = 1 WHERE id = 3;
