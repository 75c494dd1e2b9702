CREATE TABLE t (a integer, b text);
CREATE FUNCTION f() RETURNS TABLE (a integer, b text) LANGUAGE sql BEGIN ATOMIC SELECT t.a, t.b FROM t; END;
CREATE FUNCTION g(x integer) RETURNS integer LANGUAGE sql RETURN x + 2;
INSERT INTO t VALUES (1, 'x');
