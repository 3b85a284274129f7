CREATE TABLE review_cycles (cycle char(7) NOT NULL COMMENT '2024-H1', opens datetime NOT NULL, closes datetime NOT NULL, weights json NOT NULL DEFAULT (json_object('goals', 60, 'skills', 40)), PRIMARY KEY (cycle)) DEFAULT CHARSET=utf8mb4;
CREATE TABLE reviews (
  cycle char(7) NOT NULL, emp_no int NOT NULL, reviewer int NOT NULL, goals tinyint, skills tinyint, summary mediumtext, signed_at datetime(2) DEFAULT NULL,
  mean_score decimal(4,2) AS ((goals + skills) / 2) STORED,
  PRIMARY KEY (cycle, emp_no, reviewer), CONSTRAINT goals_scale CHECK (goals BETWEEN 1 AND 5), CONSTRAINT skills_scale CHECK (skills BETWEEN 1 AND 5),
  CONSTRAINT review_cycle FOREIGN KEY (cycle) REFERENCES review_cycles (cycle)
) DEFAULT CHARSET=utf8mb4;
CREATE TABLE trainings (code varchar(16) NOT NULL, title varchar(100) NOT NULL, hours decimal(5,1) unsigned NOT NULL DEFAULT '0.5', renew_after_months tinyint unsigned DEFAULT NULL, PRIMARY KEY (code)) DEFAULT CHARSET=utf8mb4 COMMENT 'Mandatory and optional; see "hr/time"';
CREATE TABLE trainings_done (emp_no int NOT NULL, code varchar(16) NOT NULL, done_on date NOT NULL, certificate mediumblob, PRIMARY KEY (emp_no, code, done_on), KEY code (code), CONSTRAINT done_training FOREIGN KEY (code) REFERENCES trainings (code) ON UPDATE CASCADE) DEFAULT CHARSET=utf8mb4;
