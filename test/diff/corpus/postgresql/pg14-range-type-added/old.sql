CREATE TABLE t (id integer);
INSERT INTO t (id) VALUES (1);
