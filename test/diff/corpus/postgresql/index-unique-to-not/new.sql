CREATE TABLE t (a integer, b integer);
CREATE  INDEX i ON t (a);
CREATE UNIQUE INDEX j ON t (b);
INSERT INTO t VALUES (1, 1);
