CREATE TABLE t (a integer, b integer, CONSTRAINT b_small CHECK (b < 1000), CONSTRAINT a_less CHECK (a < b));
INSERT INTO t VALUES (1, 2), (3, 4);
