-- options: --column-order rebuild
-- has: INSERT
CREATE TABLE t (a, b, c);
INSERT INTO t VALUES (1, 2, 3);
