CREATE TABLE item (
  id INT NOT NULL PRIMARY KEY,
  v ENUM('a','b')
);
