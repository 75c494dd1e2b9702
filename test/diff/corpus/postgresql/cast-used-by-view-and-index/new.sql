CREATE TYPE e AS ENUM ('a', 'b');
CREATE FUNCTION e_int(e) RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT 1';
CREATE CAST (e AS integer) WITH FUNCTION e_int(e);
CREATE TABLE t (x e);
CREATE VIEW v AS SELECT t.x::integer AS n FROM t;
CREATE INDEX t_n ON t ((x::integer));
INSERT INTO t VALUES ('a');
