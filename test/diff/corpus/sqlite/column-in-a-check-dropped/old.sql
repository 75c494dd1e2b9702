-- has: INSERT
CREATE TABLE t (a, b, CHECK (a <> b));
INSERT INTO t VALUES (1, 2);
