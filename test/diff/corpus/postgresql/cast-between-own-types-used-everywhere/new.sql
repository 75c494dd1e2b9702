CREATE TYPE a AS ENUM ('x', 'y');
CREATE TYPE b AS (v integer);
CREATE FUNCTION zz_a_b(a, integer, boolean) RETURNS b IMMUTABLE LANGUAGE sql AS 'SELECT ROW(1)::public.b';
CREATE CAST (a AS b) WITH FUNCTION zz_a_b(a, integer, boolean) AS ASSIGNMENT;
CREATE CAST (b AS text) WITH INOUT AS ASSIGNMENT;
CREATE TABLE t (id integer PRIMARY KEY, x a, CHECK ((x::b) IS NOT NULL));
CREATE VIEW aa AS SELECT (t.x::b).v AS v, x::b AS whole FROM t;
CREATE INDEX i ON t (((x::b)));
INSERT INTO t VALUES (1, 'x');
