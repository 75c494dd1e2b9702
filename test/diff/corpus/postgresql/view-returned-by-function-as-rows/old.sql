CREATE TABLE t (a integer, b text);
CREATE VIEW v AS SELECT t.a, t.b FROM t;
CREATE FUNCTION all_v() RETURNS SETOF v LANGUAGE sql AS 'SELECT * FROM public.v';
CREATE VIEW w AS SELECT x.a FROM all_v() x;
