CREATE TYPE word;
CREATE FUNCTION word_in(cstring) RETURNS word LANGUAGE internal STRICT IMMUTABLE AS 'textin';
CREATE FUNCTION word_out(word) RETURNS cstring LANGUAGE internal STRICT IMMUTABLE AS 'textout';
CREATE TYPE word (INPUT = word_in, OUTPUT = word_out, LIKE = text, CATEGORY = 'S');
CREATE TABLE t (id integer, w word, ws word[]);
CREATE VIEW v AS SELECT w FROM t;
INSERT INTO t VALUES (1, 'a', '{b}');
