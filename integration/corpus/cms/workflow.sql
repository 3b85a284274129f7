CREATE TABLE workflow_states (
  workflow varchar(30) NOT NULL, state varchar(30) NOT NULL, label varchar(60) NOT NULL DEFAULT "a 'quoted' label", is_final bool NOT NULL DEFAULT false,
  PRIMARY KEY (workflow, state)
) DEFAULT CHARSET=utf8mb4;

CREATE TABLE workflow_transitions (
  workflow varchar(30) NOT NULL, from_state varchar(30) NOT NULL, to_state varchar(30) NOT NULL, needs_role varchar(40),
  PRIMARY KEY (workflow, from_state, to_state), KEY into_state (workflow, to_state),
  CONSTRAINT transition_from FOREIGN KEY (workflow, from_state) REFERENCES workflow_states (workflow, state) ON DELETE CASCADE,
  CONSTRAINT transition_to FOREIGN KEY (workflow, to_state) REFERENCES workflow_states (workflow, state) ON DELETE CASCADE,
  CONSTRAINT not_in_place CHECK (from_state <> to_state)
) DEFAULT CHARSET=utf8mb4;

CREATE TABLE watchdog (
  wid bigint NOT NULL AUTO_INCREMENT, uid int unsigned NOT NULL DEFAULT 0, type varchar(64) NOT NULL DEFAULT '', message longtext NOT NULL,
  variables longblob NOT NULL, severity tinyint unsigned NOT NULL DEFAULT 0, hostname varchar(128) CHARACTER SET ascii NOT NULL DEFAULT '',
  timestamp int NOT NULL DEFAULT 0, PRIMARY KEY (wid), KEY type (type), KEY severity (severity)
) DEFAULT CHARSET=utf8mb4 AUTO_INCREMENT=4711 STATS_PERSISTENT=0;

CREATE TABLE search_dataset (
  sid int unsigned NOT NULL DEFAULT 0, langcode varchar(12) NOT NULL, type varchar(64) NOT NULL, data longtext NOT NULL, reindex int unsigned NOT NULL DEFAULT 0,
  PRIMARY KEY (sid, langcode, type), FULLTEXT KEY words (data)
) DEFAULT CHARSET=utf8mb4;
