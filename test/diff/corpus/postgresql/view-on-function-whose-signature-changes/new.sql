CREATE FUNCTION f(x integer, y integer DEFAULT 0) RETURNS integer LANGUAGE sql AS 'SELECT x';
CREATE TABLE t (a integer);
CREATE VIEW v AS SELECT f(t.a) AS fa FROM t;
COMMENT ON VIEW v IS 'v';
