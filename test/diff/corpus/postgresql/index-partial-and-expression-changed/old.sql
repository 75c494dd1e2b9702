CREATE TABLE t (a integer, b text, gone timestamptz);
CREATE INDEX i1 ON t (a) ;
CREATE INDEX i2 ON t (lower(b));
CREATE UNIQUE INDEX i3 ON t ((a + 1), b) WHERE a > 0;
INSERT INTO t VALUES (1, 'x', NULL);
