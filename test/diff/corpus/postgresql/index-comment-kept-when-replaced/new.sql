CREATE TABLE t (a integer, b integer);
CREATE INDEX i ON t (a, b);
COMMENT ON INDEX i IS 'fast';
ALTER TABLE t CLUSTER ON i;
