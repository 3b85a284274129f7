CREATE TABLE legacy_latin1 (
  id smallint NOT NULL,
  name varchar(64) COLLATE latin1_german2_ci NOT NULL DEFAULT 'Ärger',
  body text CHARACTER SET utf8mb3,
  mixed varchar(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci DEFAULT 'é',
  PRIMARY KEY (id),
  KEY ix_name_prefix (name(10))
) DEFAULT CHARSET=latin1 COLLATE=latin1_german2_ci;
