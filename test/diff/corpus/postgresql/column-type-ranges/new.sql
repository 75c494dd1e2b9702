CREATE TABLE t (id integer, r int8range, d text);
INSERT INTO t VALUES (1, '[1,3)', '[2024-01-01,2024-01-03)');
