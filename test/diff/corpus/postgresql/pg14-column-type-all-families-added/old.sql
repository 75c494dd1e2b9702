CREATE TABLE t (id integer);
CREATE TABLE t2 (id integer);
INSERT INTO t (id) VALUES (1);
