UPDATE item SET v = v + 1;
UPDATE item SET c = c + INTERVAL 40 DAY WHERE a = 1;
UPDATE item SET c = c - INTERVAL 40 DAY WHERE a = 1;
