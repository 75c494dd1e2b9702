CREATE PROCEDURE p(a integer, OUT b integer) LANGUAGE plpgsql AS 'BEGIN b := a; END';
COMMENT ON PROCEDURE p(integer) IS 'doubles';
