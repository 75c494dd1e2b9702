CREATE TABLE t (a integer, b integer, c integer GENERATED ALWAYS AS (a + b) STORED);
INSERT INTO t (a, b) VALUES (1, 2), (3, NULL);
