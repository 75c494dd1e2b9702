CREATE DOMAIN d AS integer CHECK (VALUE > 0);
CREATE TYPE c AS (x d, y text);
CREATE TABLE t (id integer, v c);
CREATE VIEW w AS SELECT t.id, (t.v).x AS x FROM t;
CREATE FUNCTION f(c) RETURNS d LANGUAGE sql AS 'SELECT ($1).x';
INSERT INTO t (id) VALUES (1);
