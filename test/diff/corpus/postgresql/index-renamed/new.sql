CREATE TABLE t (a integer, b integer);
CREATE INDEX j ON t (a);
INSERT INTO t VALUES (1, 2);
