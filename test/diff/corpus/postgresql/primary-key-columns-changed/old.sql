CREATE TABLE t (a integer, b integer, c text, PRIMARY KEY (a));
INSERT INTO t VALUES (1, 1, 'x'), (2, 1, 'y');
