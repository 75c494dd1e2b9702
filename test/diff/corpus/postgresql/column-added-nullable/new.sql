CREATE TABLE t (a integer, b text);
INSERT INTO t (a) VALUES (1), (2);
