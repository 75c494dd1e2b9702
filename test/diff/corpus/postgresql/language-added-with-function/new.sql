CREATE TRUSTED LANGUAGE lg HANDLER plpgsql_call_handler INLINE plpgsql_inline_handler VALIDATOR plpgsql_validator;
CREATE FUNCTION f() RETURNS integer LANGUAGE lg AS 'BEGIN RETURN 1; END';
COMMENT ON LANGUAGE lg IS 'another';
CREATE TABLE t (a integer);
