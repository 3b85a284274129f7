UPDATE item SET v = v + 1;
