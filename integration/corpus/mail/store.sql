CREATE TABLE folders (
  folder_id bigint NOT NULL AUTO_INCREMENT, owner varchar(320) NOT NULL, parent_id bigint, name varchar(255) COLLATE utf8mb4_bin NOT NULL,
  uid_validity int unsigned NOT NULL, uid_next int unsigned NOT NULL DEFAULT 1, subscribed bool DEFAULT 1,
  PRIMARY KEY (folder_id), UNIQUE KEY `owner/parent/name` (owner(100), parent_id, name(100)),
  CONSTRAINT `parent folder` FOREIGN KEY (parent_id) REFERENCES folders (folder_id) ON DELETE CASCADE
) DEFAULT CHARSET=utf8mb4;

CREATE TABLE letters (
  letter_id bigint NOT NULL AUTO_INCREMENT, folder_id bigint NOT NULL, uid int unsigned NOT NULL,
  message_id varchar(995) CHARACTER SET latin1, sent_at datetime, size_octets int unsigned NOT NULL,
  flags set('\\Seen','\\Answered','\\Flagged','\\Deleted','\\Draft') NOT NULL DEFAULT '',
  subject varchar(998) DEFAULT NULL, preview varchar(200) GENERATED ALWAYS AS (left(subject, 200)),
  PRIMARY KEY (letter_id), UNIQUE KEY folder_uid (folder_id, uid), KEY message_id (message_id(64)),
  FULLTEXT KEY subject_words (subject),
  CONSTRAINT letter_folder FOREIGN KEY (folder_id) REFERENCES folders (folder_id)
) DEFAULT CHARSET=utf8mb4;

CREATE TABLE mime_parts (
  letter_id bigint NOT NULL, part varchar(30) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '1',
  content_type varchar(127) CHARACTER SET ascii NOT NULL DEFAULT 'text/plain', content longblob, encoding enum('7bit','8bit','base64','quoted-printable') NOT NULL DEFAULT '7bit',
  PRIMARY KEY (letter_id, part), CONSTRAINT part_letter FOREIGN KEY (letter_id) REFERENCES letters (letter_id) ON DELETE CASCADE
) DEFAULT CHARSET=utf8mb4 ROW_FORMAT=DYNAMIC;

CREATE TABLE headers (
  letter_id bigint NOT NULL, position smallint unsigned NOT NULL, field varchar(78) NOT NULL, value text,
  PRIMARY KEY (letter_id, position), KEY field_value (field, value(40))
) DEFAULT CHARSET=utf8mb4;
