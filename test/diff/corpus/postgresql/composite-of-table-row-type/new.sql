CREATE TABLE a (x integer, y text, z date);
CREATE TABLE t (id integer);
CREATE FUNCTION f(a) RETURNS text LANGUAGE sql AS 'SELECT $1.y';
CREATE VIEW v AS SELECT a.*::text AS whole FROM a;
INSERT INTO a VALUES (1, 'x');
