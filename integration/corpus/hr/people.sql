CREATE TABLE departments (
  dept_no char(4) NOT NULL,
  dept_name varchar(40) NOT NULL,
  manager_id int DEFAULT NULL,
  cost_centre varchar(12) CHARACTER SET ascii DEFAULT NULL,
  PRIMARY KEY (dept_no),
  UNIQUE KEY dept_name (dept_name),
  CONSTRAINT department_manager FOREIGN KEY (manager_id) REFERENCES employees (emp_no) ON DELETE SET NULL
) DEFAULT CHARSET=utf8mb4;

CREATE TABLE employees (
  emp_no int NOT NULL,
  birth_date date NOT NULL,
  first_name varchar(14) NOT NULL,
  last_name varchar(16) NOT NULL,
  gender enum('M','F','X') NOT NULL,
  hire_date date NOT NULL,
  dept_no char(4) DEFAULT NULL,
  full_name varchar(31) AS (concat(first_name, ' ', last_name)) VIRTUAL,
  PRIMARY KEY (emp_no),
  KEY by_name (last_name, first_name),
  CONSTRAINT employee_department FOREIGN KEY (dept_no) REFERENCES departments (dept_no),
  CONSTRAINT hired_after_birth CHECK (hire_date > birth_date)
) DEFAULT CHARSET=utf8mb4;

CREATE TABLE salaries (
  emp_no int NOT NULL, salary int NOT NULL, from_date date NOT NULL, to_date date NOT NULL DEFAULT '9999-01-01',
  PRIMARY KEY (emp_no, from_date), CONSTRAINT salary_of FOREIGN KEY (emp_no) REFERENCES employees (emp_no) ON DELETE CASCADE
) DEFAULT CHARSET=utf8mb4;

CREATE TABLE titles (
  emp_no int NOT NULL, title varchar(50) NOT NULL, from_date date NOT NULL, to_date date,
  CONSTRAINT title_of FOREIGN KEY (emp_no) REFERENCES employees (emp_no) ON DELETE CASCADE, PRIMARY KEY (emp_no, title, from_date)
) DEFAULT CHARSET=utf8mb4;
