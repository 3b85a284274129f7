-- Two tables in one file.
CREATE TABLE labels (
  id int NOT NULL AUTO_INCREMENT,
  name varchar(40) NOT NULL,
  color char(7) NOT NULL DEFAULT '#ffffff',
  PRIMARY KEY (id),
  UNIQUE KEY name (name)
) DEFAULT CHARSET=utf8mb4;

CREATE TABLE ticket_labels (
  ticket_id bigint NOT NULL,
  label_id int NOT NULL,
  PRIMARY KEY (ticket_id, label_id),
  KEY label_id (label_id),
  CONSTRAINT ticket_labels_ibfk_1 FOREIGN KEY (ticket_id) REFERENCES tickets (id) ON DELETE CASCADE,
  CONSTRAINT ticket_labels_ibfk_2 FOREIGN KEY (label_id) REFERENCES labels (id) ON DELETE CASCADE
) DEFAULT CHARSET=utf8mb4;
