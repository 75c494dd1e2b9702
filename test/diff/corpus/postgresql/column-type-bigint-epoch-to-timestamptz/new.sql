CREATE TABLE t (id integer, at timestamptz, ms timestamp);
INSERT INTO t VALUES (1, '2024-01-02 03:04:05Z', '2024-01-02 03:04:05');
