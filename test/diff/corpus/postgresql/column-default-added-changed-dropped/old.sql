CREATE TABLE t (a integer, b text DEFAULT 'x', c date DEFAULT CURRENT_DATE, d integer[] DEFAULT '{}');
INSERT INTO t VALUES (1, 'x', '2024-01-01', '{}');
