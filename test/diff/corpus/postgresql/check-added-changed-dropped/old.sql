CREATE TABLE t (a integer, b integer, CONSTRAINT b_small CHECK (b < 100), CONSTRAINT a_odd CHECK (a % 2 = 1));
INSERT INTO t VALUES (1, 2), (3, 4);
