-- A binary default that is no text.
CREATE TABLE raw_default (
  id int NOT NULL,
  marker binary(4) NOT NULL DEFAULT x'ff00fe80',
  tag varbinary(8) NOT NULL DEFAULT x'c3',
  PRIMARY KEY (id)
) DEFAULT CHARSET=utf8mb4;
