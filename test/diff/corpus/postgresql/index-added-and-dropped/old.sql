CREATE TABLE t (a integer, b text, c date);
CREATE INDEX t_a ON t (a);
INSERT INTO t VALUES (1, 'x', '2024-01-01');
