CREATE TABLE t (a bigint, b text, c jsonb);
CREATE INDEX i ON t (a DESC, lower(b)) WHERE a > 5;
CREATE INDEX j ON t USING gin (c);
CREATE UNIQUE INDEX k ON t (b COLLATE "C") INCLUDE (a);
INSERT INTO t VALUES (1, 'x', '{}');
