CREATE TABLE t (a integer, b text, gone timestamptz);
CREATE INDEX i1 ON t (a) WHERE gone IS NULL;
CREATE INDEX i2 ON t (upper(b));
CREATE UNIQUE INDEX i3 ON t ((a + 1), b) WHERE a > 1;
INSERT INTO t VALUES (1, 'x', NULL);
