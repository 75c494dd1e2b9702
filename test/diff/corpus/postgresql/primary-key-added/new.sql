CREATE TABLE t (a integer PRIMARY KEY, b text);
INSERT INTO t VALUES (1, 'x'), (2, 'y');
