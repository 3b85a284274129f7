-- flavor: mysql
-- Words of languages that put no spaces between them.
CREATE TABLE message_ngrams (
  id bigint NOT NULL AUTO_INCREMENT, body text NOT NULL, lang char(2) DEFAULT (lower('JA')),
  PRIMARY KEY (id), FULLTEXT KEY grams (body) WITH PARSER ngram, KEY lang_of ((substr(lang, 1, 1)), id DESC)
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_ja_0900_as_cs;
