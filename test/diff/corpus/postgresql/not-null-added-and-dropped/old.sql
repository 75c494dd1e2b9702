CREATE TABLE t (a integer, b text NOT NULL);
INSERT INTO t VALUES (1, 'x');
