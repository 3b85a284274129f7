-- flavor: mariadb
-- Addresses in the types made for them; secrets compressed; pages compressed.
CREATE TABLE networks (
  network_id uuid NOT NULL DEFAULT uuid(), v4 inet4 DEFAULT NULL, v6 inet6 DEFAULT '::1', psk varbinary(500) COMPRESSED DEFAULT NULL, comment_text text COMPRESSED, joined_at timestamp NOT NULL DEFAULT current_timestamp() ON UPDATE current_timestamp(),
  PRIMARY KEY (network_id), KEY v4 (v4), KEY rarely (joined_at) IGNORED
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 PAGE_COMPRESSED=1 PAGE_COMPRESSION_LEVEL=6;
CREATE TABLE packet_counters (day date NOT NULL, network_id uuid NOT NULL, packets bigint unsigned NOT NULL DEFAULT 0, PRIMARY KEY (day, network_id)) ENGINE=Aria DEFAULT CHARSET=utf8mb4 TRANSACTIONAL=1 PAGE_CHECKSUM=1;
