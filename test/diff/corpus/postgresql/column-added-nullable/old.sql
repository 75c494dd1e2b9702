CREATE TABLE t (a integer);
INSERT INTO t (a) VALUES (1), (2);
