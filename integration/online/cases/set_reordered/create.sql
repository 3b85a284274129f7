CREATE TABLE item (
  id INT NOT NULL PRIMARY KEY,
  v SET('a','b')
);
