CREATE TABLE t (a INTEGER, b REAL, CHECK (t.a < t.b));
INSERT INTO t (rowid, a, b) VALUES (7, 1, 1.5);
