-- flavor: mariadb
-- Limits with the history that the auditors ask for.
CREATE TABLE limits_with_history (
  iban varchar(34) NOT NULL, kind varchar(12) NOT NULL, amount decimal(18,2) NOT NULL, approved_by varchar(40) WITHOUT SYSTEM VERSIONING,
  row_start timestamp(6) GENERATED ALWAYS AS ROW START INVISIBLE, row_end timestamp(6) GENERATED ALWAYS AS ROW END INVISIBLE,
  PERIOD FOR SYSTEM_TIME (row_start, row_end), PRIMARY KEY (iban, kind)
) DEFAULT CHARSET=utf8mb4 WITH SYSTEM VERSIONING;
