CREATE TABLE t (a integer, b varchar(5), c json);
CREATE INDEX i ON t (a DESC, lower(b)) WHERE a > 5;
CREATE UNIQUE INDEX k ON t (b COLLATE "C") INCLUDE (a);
INSERT INTO t VALUES (1, 'x', '{}');
