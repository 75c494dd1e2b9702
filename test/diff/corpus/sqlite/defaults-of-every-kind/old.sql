CREATE TABLE t (a, b, c, d, e, f);
INSERT INTO t VALUES (1, 2, 3, 4, 5, 6);
