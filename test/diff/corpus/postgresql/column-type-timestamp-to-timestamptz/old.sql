CREATE TABLE t (id integer, at timestamp DEFAULT now(), d date);
INSERT INTO t VALUES (1, '2024-01-02 03:04:05', '2024-01-02');
