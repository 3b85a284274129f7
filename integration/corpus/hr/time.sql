CREATE TABLE time_clock (
  punch_id bigint NOT NULL AUTO_INCREMENT, emp_no int NOT NULL, punched_in timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP, punched_out timestamp NULL DEFAULT NULL, break_taken time NOT NULL DEFAULT '00:30:00', terminal varchar(20),
  PRIMARY KEY (punch_id), KEY open_punches (punched_out, emp_no)
) DEFAULT CHARSET=utf8mb4;
CREATE TABLE leave_requests (
  request_id int unsigned NOT NULL AUTO_INCREMENT, emp_no int NOT NULL, kind enum('vacation','sick','parental','unpaid','care') NOT NULL, first_day date NOT NULL, last_day date NOT NULL, half_days tinyint unsigned NOT NULL DEFAULT 0,
  calendar_days smallint AS (to_days(last_day) - to_days(first_day) + 1) STORED, decided_by int DEFAULT NULL, approved bit(1) DEFAULT NULL,
  PRIMARY KEY (request_id), KEY whose (emp_no, first_day), CONSTRAINT leave_employee FOREIGN KEY (emp_no) REFERENCES employees (emp_no) ON DELETE CASCADE, CONSTRAINT leave_decider FOREIGN KEY (decided_by) REFERENCES employees (emp_no) ON DELETE SET NULL
) DEFAULT CHARSET=utf8mb4;
CREATE TABLE public_holidays (day date NOT NULL, region char(5) NOT NULL DEFAULT 'DE-BE', name varchar(80) CHARACTER SET utf8mb4 COLLATE utf8mb4_german2_ci NOT NULL, PRIMARY KEY (region, day)) DEFAULT CHARSET=latin1 COLLATE=latin1_german1_ci;
CREATE TABLE shifts (
  shift_id smallint NOT NULL, label varchar(20) NOT NULL, begins time NOT NULL, ends time NOT NULL, weekdays set('mo','tu','we','th','fr','sa','su') NOT NULL DEFAULT 'mo,tu,we,th,fr',
  over_midnight tinyint(1) AS (ends < begins) VIRTUAL, PRIMARY KEY (shift_id)
) DEFAULT CHARSET=utf8mb4;
