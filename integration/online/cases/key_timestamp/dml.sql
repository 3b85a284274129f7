UPDATE item SET v = v + 1;
UPDATE item SET v = v - 1;
DELETE FROM item WHERE v = 1;
INSERT INTO item VALUES
  ('2026-01-01 00:00:00.01', 1);
