CREATE TABLE t (a integer, b integer, CONSTRAINT t_pkey PRIMARY KEY (a, b) INCLUDE (c), c text, d text);
INSERT INTO t VALUES (1, 1, 'x', 'y');
