CREATE TABLE t (a INTEGER, b REAL);
INSERT INTO t (rowid, a, b) VALUES (7, 1, 1.5);
