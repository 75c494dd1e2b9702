CREATE TABLE t (id integer, lang text);
INSERT INTO t VALUES (1, 'de');
