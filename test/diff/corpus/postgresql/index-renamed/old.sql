CREATE TABLE t (a integer, b integer);
CREATE INDEX i ON t (a);
INSERT INTO t VALUES (1, 2);
