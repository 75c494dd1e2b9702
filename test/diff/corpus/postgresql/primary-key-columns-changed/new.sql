CREATE TABLE t (a integer, b integer, c text, PRIMARY KEY (a, b));
INSERT INTO t VALUES (1, 1, 'x'), (2, 1, 'y');
