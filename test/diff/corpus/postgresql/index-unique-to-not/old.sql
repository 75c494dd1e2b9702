CREATE TABLE t (a integer, b integer);
CREATE UNIQUE INDEX i ON t (a);
CREATE  INDEX j ON t (b);
INSERT INTO t VALUES (1, 1);
