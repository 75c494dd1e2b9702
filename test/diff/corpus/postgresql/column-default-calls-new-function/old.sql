CREATE TABLE t (id integer, code text);
INSERT INTO t VALUES (1, 'x');
