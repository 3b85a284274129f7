INSERT INTO item VALUES (1, 'é'), (2, 'a');
