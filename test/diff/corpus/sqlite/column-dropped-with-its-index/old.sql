-- has: DROP COLUMN
-- lacks: INSERT
CREATE TABLE t (a, b, c);
CREATE INDEX t_b ON t (b);
CREATE INDEX t_a ON t (a) WHERE b > 0;
CREATE INDEX t_c ON t (c);
INSERT INTO t VALUES (1, 2, 3);
