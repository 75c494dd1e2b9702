CREATE TABLE t (a integer DEFAULT 1, b text DEFAULT 'it''s', c date, d integer[] DEFAULT ARRAY[1, 2]);
INSERT INTO t VALUES (1, 'x', '2024-01-01', '{}');
