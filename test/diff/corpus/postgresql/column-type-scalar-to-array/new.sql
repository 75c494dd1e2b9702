CREATE TABLE t (id integer, tags text[], n bigint[]);
INSERT INTO t VALUES (1, '{a,b}', '{1,2}'), (2, NULL, NULL);
