ALTER TABLE `item` MODIFY COLUMN `v` ENUM('a','b','c');
