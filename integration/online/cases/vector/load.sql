INSERT INTO item (id, v) VALUES
  (1, STRING_TO_VECTOR('[1,2,3]'));
