CREATE TABLE t (id integer, m numeric(12,2), o bigint);
INSERT INTO t VALUES (1, 5, 6);
