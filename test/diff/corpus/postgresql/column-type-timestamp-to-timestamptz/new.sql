CREATE TABLE t (id integer, at timestamptz DEFAULT now(), d timestamp(3));
INSERT INTO t VALUES (1, '2024-01-02 03:04:05', '2024-01-02');
