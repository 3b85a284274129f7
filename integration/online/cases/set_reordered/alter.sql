ALTER TABLE `item` MODIFY COLUMN `v` SET('b','a','c');
