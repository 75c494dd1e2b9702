CREATE TABLE t (a integer, b varchar(10), CONSTRAINT ab CHECK (a > 0 AND b <> ''), CONSTRAINT b_in CHECK (b IN ('x', 'y')));
INSERT INTO t VALUES (1, 'x');
