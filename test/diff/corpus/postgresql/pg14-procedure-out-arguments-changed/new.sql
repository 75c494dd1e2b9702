CREATE PROCEDURE p(a integer, OUT b integer, OUT c text) LANGUAGE plpgsql AS 'BEGIN b := a; c := a; END';
COMMENT ON PROCEDURE p(integer) IS 'doubles';
GRANT EXECUTE ON PROCEDURE p(integer) TO rung_alice;
