UPDATE item SET id = id + 100;
UPDATE item SET id = id - 100;
