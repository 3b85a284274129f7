CREATE TABLE projects (
  id integer NOT NULL AUTO_INCREMENT,
  code char(8) NOT NULL,
  name nvarchar(100) NOT NULL,
  lead_id bigint DEFAULT NULL,
  opened dec(10) NOT NULL DEFAULT 0,
  PRIMARY KEY (id),
  UNIQUE KEY (code),
  CONSTRAINT fk_projects_lead FOREIGN KEY (lead_id) REFERENCES users (id) ON DELETE SET NULL
) DEFAULT CHARSET=utf8mb4 AUTO_INCREMENT=100;
