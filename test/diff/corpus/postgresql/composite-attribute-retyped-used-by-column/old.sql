CREATE TYPE address AS (street text, no integer);
CREATE TABLE t (id integer, a address);
CREATE VIEW v AS SELECT t.id, (t.a).no AS no FROM t;
INSERT INTO t VALUES (1, ROW('x', 5));
