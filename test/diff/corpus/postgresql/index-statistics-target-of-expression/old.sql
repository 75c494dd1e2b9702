CREATE TABLE t (a integer, b integer);
CREATE INDEX i ON t (a, (a + b), (b * 2));
ALTER INDEX i ALTER COLUMN 2 SET STATISTICS 100;
