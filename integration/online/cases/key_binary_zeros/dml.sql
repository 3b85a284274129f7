UPDATE item SET v = v + 1;
UPDATE item SET v = v - 1;
DELETE FROM item WHERE v = 1;
INSERT INTO item VALUES
  (x'61', 1);
