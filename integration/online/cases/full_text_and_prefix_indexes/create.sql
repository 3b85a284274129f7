CREATE TABLE item (
  id INT PRIMARY KEY,
  v TEXT,
  KEY head (v(10))
);
