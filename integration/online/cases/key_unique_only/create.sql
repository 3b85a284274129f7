CREATE TABLE item (
  k INT NOT NULL,
  v INT,
  UNIQUE KEY k (k)
);
