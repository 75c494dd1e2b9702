CREATE TABLE t (a integer, b integer, c text);
CREATE STATISTICS s1 (ndistinct, mcv) ON a, b FROM t;
CREATE STATISTICS s2 (dependencies) ON b, c FROM t;
CREATE STATISTICS s3 ON a, (upper(c)) FROM t;
COMMENT ON STATISTICS s1 IS 's1';
INSERT INTO t VALUES (1, 2, 'x');
