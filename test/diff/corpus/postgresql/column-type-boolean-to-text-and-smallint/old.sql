CREATE TABLE t (id integer, a boolean, b boolean);
INSERT INTO t VALUES (1, true, false), (2, NULL, NULL);
