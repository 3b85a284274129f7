UPDATE item SET v = -v WHERE id IN (2, 499);
UPDATE item SET v = 499 WHERE id = 2;
UPDATE item SET v = 2 WHERE id = 499;
UPDATE item SET v = -v WHERE id IN (2, 499);
UPDATE item SET v = 2 WHERE id = 2;
UPDATE item SET v = 499 WHERE id = 499;
