CREATE TABLE item (
  k INT,
  v INT,
  UNIQUE KEY (k)
);
