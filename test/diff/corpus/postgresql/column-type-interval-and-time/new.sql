CREATE TABLE t (id integer, i interval(0), tm timetz, y interval year to month);
INSERT INTO t VALUES (1, '1 hour', '10:00', '1 year');
