CREATE TABLE item (
  id INT PRIMARY KEY,
  v INT,
  twice INT GENERATED ALWAYS AS (v * 2) STORED,
  thrice INT GENERATED ALWAYS AS (v * 3) VIRTUAL,
  KEY twice (twice)
);
