ALTER TABLE `item` ADD UNIQUE KEY `v` (`v`);
