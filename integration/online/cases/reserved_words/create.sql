CREATE TABLE item (
  id INT PRIMARY KEY,
  v INT,
  `select` INT,
  `from``where` INT,
  `t` INT,
  `s` INT,
  `100%` INT
);
