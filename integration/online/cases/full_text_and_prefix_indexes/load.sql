INSERT INTO item VALUES (1, 'one word'), (2, 'two words');
