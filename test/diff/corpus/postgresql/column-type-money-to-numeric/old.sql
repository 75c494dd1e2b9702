CREATE TABLE t (id integer, m money, o oid);
INSERT INTO t VALUES (1, 5, 6);
