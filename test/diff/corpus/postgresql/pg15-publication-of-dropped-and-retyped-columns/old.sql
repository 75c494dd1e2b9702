CREATE TABLE t (id integer PRIMARY KEY, a integer, b text);
CREATE PUBLICATION p FOR TABLE t (id, a, b) WHERE (a > 0);
INSERT INTO t VALUES (1, 1);
