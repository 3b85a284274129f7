CREATE TABLE item (
  id INT PRIMARY KEY,
  v INT,
  gone INT
);
