ALTER TABLE `item` MODIFY COLUMN `v` ENUM('b','x','a');
