CREATE TABLE t (a integer, b integer, c integer GENERATED ALWAYS AS (a + b) STORED);
CREATE INDEX t_c ON t (c);
CREATE VIEW v AS SELECT t.c FROM t;
INSERT INTO t (a, b) VALUES (1, 2);
