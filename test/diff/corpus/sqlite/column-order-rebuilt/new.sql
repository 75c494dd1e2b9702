-- options: --column-order rebuild
CREATE TABLE t (c, d, a, b);
INSERT INTO t VALUES (3, 4, 1, 2);
