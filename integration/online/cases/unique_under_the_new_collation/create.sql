CREATE TABLE item (
  id INT PRIMARY KEY,
  v VARCHAR(9) COLLATE utf8mb4_bin,
  UNIQUE KEY v (v)
);
