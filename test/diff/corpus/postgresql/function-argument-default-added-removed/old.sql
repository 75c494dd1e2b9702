CREATE FUNCTION f(a integer, b text) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION g(a integer, b text DEFAULT 'x') RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION h(a integer DEFAULT 1) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE VIEW v AS SELECT g(1, 'y') AS x, h() AS y;
