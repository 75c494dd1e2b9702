CREATE TABLE t (a integer, b integer, c integer);
ALTER TABLE t ADD CONSTRAINT t_a_key UNIQUE (a), ADD CONSTRAINT b_once UNIQUE (b);
INSERT INTO t VALUES (1, 1, 1), (2, 2, 2);
