CREATE PROCEDURE p(OUT a integer, b integer, c integer) LANGUAGE plpgsql AS 'BEGIN a := c; END';
CREATE PROCEDURE p(a integer, b integer, c integer) LANGUAGE plpgsql AS 'BEGIN NULL; END';
ALTER PROCEDURE p(IN integer, IN integer, IN integer) OWNER TO rung_alice;
GRANT EXECUTE ON PROCEDURE p(OUT integer, IN integer, IN integer) TO rung_bob;
COMMENT ON PROCEDURE p(IN integer, IN integer, IN integer) IS 'in';
