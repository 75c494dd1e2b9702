-- fails: rows that CHECK (a > 1) refuses
CREATE TABLE t (a, b);
INSERT INTO t VALUES (1, 2);
