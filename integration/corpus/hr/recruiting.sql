CREATE TABLE vacancies (
  vacancy_id int NOT NULL AUTO_INCREMENT, dept_no char(4) NOT NULL, headline varchar(120) NOT NULL, pay_low decimal(9,2), pay_high decimal(9,2), opened date NOT NULL DEFAULT (curdate()),
  PRIMARY KEY (vacancy_id), CONSTRAINT vacancy_department FOREIGN KEY (dept_no) REFERENCES departments (dept_no) ON UPDATE CASCADE, CONSTRAINT pay_band CHECK (pay_low <= pay_high)
) DEFAULT CHARSET=utf8mb4;
CREATE TABLE applicants (
  applicant_id int NOT NULL AUTO_INCREMENT, email varchar(254) NOT NULL, cv longblob, cv_text longtext, links json, consent_until date,
  PRIMARY KEY (applicant_id), UNIQUE KEY email (email), FULLTEXT KEY cv_words (cv_text)
) DEFAULT CHARSET=utf8mb4 ROW_FORMAT=COMPRESSED;
CREATE TABLE applications (
  vacancy_id int NOT NULL, applicant_id int NOT NULL, stage tinyint unsigned NOT NULL DEFAULT 0, score decimal(3,1), applied_at datetime NOT NULL DEFAULT now(),
  PRIMARY KEY (vacancy_id, applicant_id), KEY pipeline (vacancy_id, stage DESC, score DESC),
  CONSTRAINT application_vacancy FOREIGN KEY (vacancy_id) REFERENCES vacancies (vacancy_id), CONSTRAINT application_applicant FOREIGN KEY (applicant_id) REFERENCES applicants (applicant_id) ON DELETE CASCADE
) DEFAULT CHARSET=utf8mb4;
CREATE TABLE interviews (
  vacancy_id int NOT NULL, applicant_id int NOT NULL, held_at datetime NOT NULL, interviewer int NOT NULL, verdict enum('strong no','no','yes','strong yes') DEFAULT NULL, notes text,
  PRIMARY KEY (vacancy_id, applicant_id, held_at, interviewer), KEY busy (interviewer, held_at),
  CONSTRAINT interview_application FOREIGN KEY (vacancy_id, applicant_id) REFERENCES applications (vacancy_id, applicant_id) ON DELETE CASCADE
) DEFAULT CHARSET=utf8mb4;
