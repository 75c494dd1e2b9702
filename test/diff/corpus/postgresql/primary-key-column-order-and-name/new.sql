CREATE TABLE t (a integer, b integer, CONSTRAINT t_key PRIMARY KEY (b, a) INCLUDE (c, d), c text, d text);
INSERT INTO t VALUES (1, 1, 'x', 'y');
