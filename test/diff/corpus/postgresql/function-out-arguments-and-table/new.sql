CREATE FUNCTION f(a integer, OUT b integer, INOUT c text, OUT d date) LANGUAGE sql AS 'SELECT 1, ''x'', current_date';
CREATE FUNCTION g() RETURNS TABLE (x integer, z text) LANGUAGE sql AS 'SELECT 1, ''x''';
CREATE FUNCTION h() RETURNS SETOF bigint LANGUAGE sql ROWS 20 AS 'SELECT 1';
