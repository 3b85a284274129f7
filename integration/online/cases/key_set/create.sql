CREATE TABLE item (
  k SET('a','b') NOT NULL PRIMARY KEY,
  v INT
);
