CREATE TABLE t (a integer, b text, c date);
CREATE INDEX t_b ON t (b, c);
INSERT INTO t VALUES (1, 'x', '2024-01-01');
