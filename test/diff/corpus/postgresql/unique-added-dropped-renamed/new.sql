CREATE TABLE t (a integer, b integer, c integer);
ALTER TABLE t ADD CONSTRAINT b_unique UNIQUE (b), ADD CONSTRAINT t_c_key UNIQUE (c, a);
INSERT INTO t VALUES (1, 1, 1), (2, 2, 2);
