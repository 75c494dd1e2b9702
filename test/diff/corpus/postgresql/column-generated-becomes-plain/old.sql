CREATE TABLE t (a integer, c integer GENERATED ALWAYS AS (a * 2) STORED);
INSERT INTO t (a) VALUES (1);
