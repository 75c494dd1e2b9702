CREATE TABLE t (id integer, r int4range, d daterange);
INSERT INTO t VALUES (1, '[1,3)', '[2024-01-01,2024-01-03)');
