CREATE TABLE item (
  k ENUM('z','a','m') NOT NULL PRIMARY KEY,
  v INT
);
