ALTER TABLE `item` ADD CONSTRAINT `positive` CHECK (`v` >= 0);
