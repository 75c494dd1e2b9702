CREATE TABLE t (a TEXT, b INTEGER, c REAL, d NUMERIC, e BLOB, f);
INSERT INTO t VALUES ('007', 5, 2.0, '3', x'00', 'z'), ('abc', NULL, 2.5, 4.5, 'text', 1);
