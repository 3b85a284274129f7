CREATE TABLE item (
  id INT PRIMARY KEY,
  v INT,
  w INT
);
