CREATE PROCEDURE p(OUT a integer, b integer, c integer) LANGUAGE plpgsql AS 'BEGIN a := b; END';
CREATE PROCEDURE p(a integer, b integer, c integer) LANGUAGE plpgsql AS 'BEGIN NULL; END';
CREATE PROCEDURE alone(INOUT a integer, VARIADIC b text[]) LANGUAGE plpgsql AS 'BEGIN NULL; END';
COMMENT ON PROCEDURE p(OUT integer, IN integer, IN integer) IS 'out';
