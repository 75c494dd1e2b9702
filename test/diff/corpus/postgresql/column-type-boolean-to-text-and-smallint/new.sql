CREATE TABLE t (id integer, a text, b smallint);
INSERT INTO t VALUES (1, 'true', 0), (2, NULL, NULL);
