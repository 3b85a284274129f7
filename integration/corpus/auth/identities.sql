CREATE TABLE principals (
  id binary(16) NOT NULL DEFAULT (unhex(replace(uuid(),'-',''))) COMMENT 'uuid without dashes',
  realm varchar(36) NOT NULL, username varchar(255) DEFAULT NULL, email varchar(255) DEFAULT NULL, email_constraint varchar(255) AS (coalesce(email, hex(id))) VIRTUAL,
  email_verified bit(1) NOT NULL DEFAULT b'0', enabled bit(1) NOT NULL DEFAULT 1, created_timestamp bigint, not_before int NOT NULL DEFAULT 0,
  PRIMARY KEY (id), UNIQUE KEY uk_username (realm, username), UNIQUE KEY uk_email (realm, email_constraint)
) DEFAULT CHARSET=utf8mb3;
CREATE TABLE credentials (
  id char(36) NOT NULL, principal binary(16) NOT NULL, type enum('password','totp','webauthn','recovery') NOT NULL, secret_data longtext, priority int DEFAULT 10, hashed varbinary(128),
  PRIMARY KEY (id), KEY idx_user_credential (principal, priority), CONSTRAINT fk_pfyr0glasqyl0dei3kl69r6v0 FOREIGN KEY (principal) REFERENCES principals (id)
) DEFAULT CHARSET=utf8mb3;
CREATE TABLE principal_attributes (name varchar(255) NOT NULL, value varchar(255) DEFAULT NULL, principal binary(16) NOT NULL, id char(36) NOT NULL DEFAULT 'sybase-needs-something-here', long_value longtext, PRIMARY KEY (id), KEY idx_attribute (principal), KEY idx_attribute_name (name, value), CONSTRAINT fk_5hrm2vlf9ql5fu043kqepovbr FOREIGN KEY (principal) REFERENCES principals (id) ON DELETE CASCADE) DEFAULT CHARSET=utf8mb3;
CREATE TABLE federated_identities (provider varchar(255) NOT NULL, subject varchar(255) COLLATE utf8mb4_bin NOT NULL, principal binary(16) NOT NULL, token text, PRIMARY KEY (principal, provider), UNIQUE KEY who (provider, subject), CONSTRAINT federated_principal FOREIGN KEY (principal) REFERENCES principals (id) ON DELETE CASCADE) DEFAULT CHARSET=utf8mb4;
