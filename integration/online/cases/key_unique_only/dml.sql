UPDATE item SET v = v + 1;
UPDATE item SET k = k + 100;
UPDATE item SET k = k - 100;
