CREATE TABLE t (id integer, tags text, n integer[]);
INSERT INTO t VALUES (1, '{a}', '{1,2}'), (2, NULL, NULL);
