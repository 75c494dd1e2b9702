CREATE TABLE t (id integer, at bigint, ms bigint);
INSERT INTO t VALUES (1, 1704164645, 1704164645), (2, NULL, NULL);
