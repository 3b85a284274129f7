CREATE TABLE item (
  id INT PRIMARY KEY,
  v INT,
  CONSTRAINT positive CHECK (v >= 0)
);
